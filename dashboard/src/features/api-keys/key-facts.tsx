import { Badge, Button, Card, Code, Group, Text, Title } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { EnvironmentBadge, KeyStatus, SecretAge } from "./key-badges";
import classes from "./key-facts.module.css";
import { LastUse } from "./last-use";
import { isRestricted } from "./restrictions";

export function KeyFacts({ apiKey }: { apiKey: ApiKeyResponse }) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("api-keys");
  const format = useFormat();
  return (
    <Card padding="md">
      <Title order={2} size="h3" mb="xs">
        {ours("facts")}
      </Title>
      <Facts look="lines">
        <Fact label={ours("column.status")}>
          <KeyStatus apiKey={apiKey} />
        </Fact>
        <Fact label={ours("column.environment")}>
          <EnvironmentBadge environment={apiKey.environment} />
        </Fact>
        <Fact label={ours("hint")}>
          <Code className="yx-untrusted">{apiKey.hint}</Code>
        </Fact>
        <Fact label={ours("id")}>
          <Group gap={4} wrap="nowrap" justify="flex-end">
            <Code className="yx-untrusted">{apiKey.id}</Code>
            <CopyButton value={apiKey.id} label={ours("copyId")} />
          </Group>
        </Fact>
        <Fact label={ours("column.lastUsed")}>
          <LastUse use={apiKey.last_use} isWhole />
        </Fact>
        <Fact label={ours("column.age")}>
          <SecretAge apiKey={apiKey} />
        </Fact>
        <Fact label={ours("column.created")}>{format.date(apiKey.created_at)}</Fact>
        <Fact label={ours("expires")}>
          {apiKey.expires_at === null ? t("never") : format.date(apiKey.expires_at)}
        </Fact>
      </Facts>
    </Card>
  );
}

/** What the key is narrowed to. */
export function KeyRestrictions({ apiKey, onEdit }: { apiKey: ApiKeyResponse; onEdit?: () => void }) {
  const { t } = useTranslation("api-keys");
  const { models, endpoints, networks } = apiKey.restrictions;
  const operationName = useNames("operation");
  return (
    <Card padding="md">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h3">
          {t("restrictions")}
        </Title>
        {onEdit ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Pencil size={13} />}
            onClick={onEdit}
            aria-label={t("editRestrictions")}
          >
            {t("change")}
          </Button>
        ) : null}
      </Group>
      {isRestricted(apiKey.restrictions) ? (
        <>
          <Narrowed name={t("form.models")} entries={models} all={t("allModels")} />
          <Narrowed
            name={t("form.endpoints")}
            entries={endpoints?.map((endpoint) => operationName(endpoint)) ?? null}
            all={t("allEndpoints")}
          />
          <Narrowed name={t("form.networks")} entries={networks} all={t("allNetworks")} isCode />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {t("unrestricted")}
        </Text>
      )}
    </Card>
  );
}

function Narrowed({
  name,
  entries,
  all,
  isCode,
}: {
  name: string;
  entries: string[] | null | undefined;
  all: string;
  isCode?: boolean;
}) {
  return (
    <div className={classes.narrowed}>
      <Text size="xs" c="dimmed" mb={4}>
        {name}
      </Text>
      {entries == null ? (
        <Text size="sm">{all}</Text>
      ) : (
        <ul className={classes.entries}>
          {entries.map((entry) => (
            <li key={entry}>
              {isCode ? (
                <Code className="yx-untrusted">{entry}</Code>
              ) : (
                <Badge color="gray" className={classes.entry}>
                  {entry}
                </Badge>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
