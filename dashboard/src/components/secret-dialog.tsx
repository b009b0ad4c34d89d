import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "./copy-button";
import classes from "./secret-dialog.module.css";

interface SecretDialogProps {
  /** `null` closes the dialog. */
  secret: string | string[] | null;
  title: string;
  /** Where to put it, what to do next. */
  children?: ReactNode;
  onClose: () => void;
}

/** A secret that is shown this once. It closes only after the user has copied it, or said that they have it. */
export function SecretDialog({ secret, title, children, onClose }: SecretDialogProps) {
  return (
    <Modal
      opened={secret !== null}
      onClose={() => undefined}
      onExitTransitionEnd={keepFocus}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={<Text fw={600}>{title}</Text>}
      size="lg"
    >
      {secret !== null ? (
        <SecretBody secret={secret} onClose={onClose}>
          {children}
        </SecretBody>
      ) : null}
    </Modal>
  );
}

/** What opened this dialog is often gone with a dialog before it: then the page itself is where the keyboard goes on. */
function keepFocus() {
  if (document.activeElement === null || document.activeElement === document.body) {
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

function SecretBody({
  secret,
  children,
  onClose,
}: {
  secret: string | string[];
  children?: ReactNode;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [isStored, setIsStored] = useState(false);
  const lines = Array.isArray(secret) ? secret : [secret];
  return (
    <Stack gap="md">
      <Alert color="amber" icon={<TriangleAlert size={18} />}>
        {t("secret.once")}
      </Alert>
      <div className={classes.box}>
        <code className={classes.text} data-testid="secret">
          {lines.map((line) => (
            <span key={line} className={classes.line}>
              {line}
            </span>
          ))}
        </code>
      </div>
      <CopyButton
        value={lines.join("\n")}
        label={t("secret.copy")}
        withText
        onCopied={() => setIsStored(true)}
      />
      {children}
      <Group justify="space-between" gap="md">
        <Checkbox
          label={t("secret.stored")}
          checked={isStored}
          onChange={(event) => setIsStored(event.currentTarget.checked)}
        />
        <Button disabled={!isStored} onClick={onClose}>
          {t("done")}
        </Button>
      </Group>
    </Stack>
  );
}
