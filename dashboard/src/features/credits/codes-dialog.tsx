import { Alert, Button, Checkbox, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { Download, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RedemptionCodesResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { useFormat } from "@/hooks/use-format";

interface CodesDialogProps {
  made: RedemptionCodesResponse | null;
  onClose: () => void;
}

/** The codes of a batch, this once: to copy, or as a table. */
export function CodesDialog({ made, onClose }: CodesDialogProps) {
  const { t } = useTranslation("credits");
  return (
    <Modal
      opened={made !== null}
      onClose={onClose}
      title={t("codes.madeTitle")}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
    >
      {made !== null ? <Codes made={made} onClose={onClose} /> : null}
    </Modal>
  );
}

function Codes({ made, onClose }: { made: RedemptionCodesResponse; onClose: () => void }) {
  const { t } = useTranslation(["credits", "common"]);
  const format = useFormat();
  const [isStored, setIsStored] = useState(false);
  const text = (made.codes ?? []).join("\n");
  const download = () => {
    const url = URL.createObjectURL(new Blob([`Code\n${text}\n`], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${made.batch.id}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t("codes.madeText", { amount: format.money(made.batch.amount_nanos) })}</Text>
      <Alert color="amber" icon={<TriangleAlert size={18} />}>
        {t("common:secret.once")}
      </Alert>
      <Textarea aria-label={t("codes.title")} value={text} readOnly autosize minRows={4} maxRows={14} />
      <Group gap="xs">
        <CopyButton value={text} label={t("common:copy")} withText />
        <Button variant="default" leftSection={<Download size={15} />} onClick={download}>
          {t("export")}
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
