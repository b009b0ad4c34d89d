import { Alert, Button, Group, List, Modal, Radio, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse, ApiKeyWithSecretResponse } from "@/api/types";
import { useErrorText } from "@/hooks/use-error-text";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { isolated } from "@/lib/bidi";
import classes from "./key-fields.module.css";
import { LastUse } from "./last-use";
import { useRegenerateApiKey } from "./queries";

const HOUR = 3600;
const GRACES = { none: 0, "1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR } as const;
type Grace = keyof typeof GRACES;

interface RegenerateDialogProps {
  accountId: string;
  /** `null` closes the dialog. */
  apiKey: ApiKeyResponse | null;
  onClose: () => void;
  onRegenerated: (response: ApiKeyWithSecretResponse) => void;
}

/** A new secret for the same key, and how long the old one works on. */
export function RegenerateDialog(props: RegenerateDialogProps) {
  const { t } = useTranslation("api-keys");
  const { apiKey, onClose } = props;
  return (
    <Modal
      opened={apiKey !== null}
      onClose={onClose}
      title={<Text fw={600}>{t("regenerate.title")}</Text>}
      size="lg"
    >
      {apiKey ? <RegenerateForm {...props} apiKey={apiKey} /> : null}
    </Modal>
  );
}

function RegenerateForm({
  accountId,
  apiKey,
  onClose,
  onRegenerated,
}: RegenerateDialogProps & { apiKey: ApiKeyResponse }) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("api-keys");
  const errorText = useErrorText();
  const format = useFormat();
  const now = useNow(30_000);
  const regenerate = useRegenerateApiKey(accountId, apiKey.id);
  const [grace, setGrace] = useState<Grace>("24h");
  const [error, setError] = useState<unknown>(null);
  const end = format.date(now + GRACES[grace] * 1000);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      onRegenerated(await regenerate.mutateAsync({ grace_seconds: GRACES[grace] }));
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm" className="yx-untrusted">
          {ours("regenerate.intro", { name: isolated(apiKey.name) })}
        </Text>
        <Radio.Group
          label={ours("regenerate.grace")}
          description={ours("regenerate.graceHint")}
          value={grace}
          onChange={(value) => setGrace(value as Grace)}
        >
          <div className={classes.choices}>
            {(Object.keys(GRACES) as Grace[]).map((value) => (
              <Radio.Card key={value} value={value} className={classes.choice}>
                <Radio.Indicator mt={2} />
                <div>
                  <Text size="sm" fw={500}>
                    {ours(`regenerate.gracePreset.${value}`)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {ours(`regenerate.graceNote.${value}`)}
                  </Text>
                </div>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        <Alert color={grace === "none" ? "red" : "qing"} title={ours("whatHappens")}>
          <List size="sm" spacing={4}>
            <List.Item>{ours("regenerate.newSecret")}</List.Item>
            <List.Item>
              {grace === "none" ? ours("regenerate.oldEndsNow") : ours("regenerate.oldEnds", { end })}
            </List.Item>
            <List.Item>{ours("regenerate.same")}</List.Item>
            {apiKey.last_use ? (
              <List.Item>
                {ours("lastUsedWas")} <LastUse use={apiKey.last_use} isInline />
              </List.Item>
            ) : null}
          </List>
        </Alert>
        {error ? (
          <Alert color="red" role="alert">
            {errorText(error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" color={grace === "none" ? "red" : undefined} loading={regenerate.isPending}>
            {ours("regenerate.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
