import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LinkResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { useFormat } from "@/hooks/use-format";
import classes from "./users.module.css";

interface LinkDialogProps {
  /** `null` closes the dialog. */
  link: LinkResponse | null;
  title: string;
  /** What the link does and to whom to give it. */
  children: ReactNode;
  onClose: () => void;
}

/** A link that works once, to be handed on. */
export function LinkDialog({ link, title, children, onClose }: LinkDialogProps) {
  const { t } = useTranslation("users");
  const { t: common } = useTranslation();
  const format = useFormat();
  return (
    <Modal opened={link !== null} onClose={onClose} title={<Text fw={600}>{title}</Text>} size="lg">
      {link ? (
        <Stack gap="md">
          <Alert color="amber" icon={<Link2 size={18} />}>
            {children}
          </Alert>
          <div className={classes.link}>
            <code data-testid="link">{link.link}</code>
          </div>
          <Text size="sm" c="dimmed">
            {t("link.expires", {
              at: format.date(link.expires_at),
              relative: format.relative(link.expires_at),
            })}
          </Text>
          <Group justify="space-between">
            <CopyButton value={link.link} label={t("link.copy")} withText />
            <Button onClick={onClose}>{common("done")}</Button>
          </Group>
        </Stack>
      ) : null}
    </Modal>
  );
}
