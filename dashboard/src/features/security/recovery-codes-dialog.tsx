import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { Download, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { CopyButton } from "@/components/copy-button";
import classes from "./security.module.css";

/** The codes are shown this once; the dialog closes only after the user has said that they have them. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  const { t } = useTranslation("security");
  return (
    <Modal
      opened={codes !== null}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={<Text fw={600}>{t("twoFactor.codesTitle")}</Text>}
      size="lg"
    >
      {codes !== null ? <Codes codes={codes} onClose={onClose} /> : null}
    </Modal>
  );
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation(["security", "common"]);
  const { user } = useMe();
  const [isStored, setIsStored] = useState(false);
  const download = () => {
    const text = `${t("twoFactor.fileHead", { email: user.email })}\n\n${codes.join("\n")}\n`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "yunxin-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t("twoFactor.codesText")}</Text>
      <Alert color="amber" icon={<TriangleAlert size={18} />}>
        {t("common:secret.once")}
      </Alert>
      <ul className={classes.codes} aria-label={t("twoFactor.codesTitle")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={codes.join("\n")} label={t("common:copy")} withText />
        <Button variant="default" leftSection={<Download size={15} />} onClick={download}>
          {t("twoFactor.download")}
        </Button>
      </Group>
      <Group justify="space-between" gap="md">
        <Checkbox
          label={t("common:secret.stored")}
          checked={isStored}
          onChange={(event) => setIsStored(event.currentTarget.checked)}
        />
        <Button disabled={!isStored} onClick={onClose}>
          {t("common:done")}
        </Button>
      </Group>
    </Stack>
  );
}
