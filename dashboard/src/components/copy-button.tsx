import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

interface CopyButtonProps {
  value: string;
  /** What is copied, for the name of the button: "Copy request id". */
  label?: string;
  /** A full button with text instead of an icon. */
  withText?: boolean;
  onCopied?: () => void;
}

export function CopyButton({ value, label, withText = false, onCopied }: CopyButtonProps) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 1600 });
  const copy = () => {
    clipboard.copy(value);
    onCopied?.();
  };
  const text = clipboard.copied ? t("copied") : (label ?? t("copy"));
  const icon = clipboard.copied ? <Check size={15} /> : <Copy size={15} />;
  const announced = (
    <span aria-live="polite" className="yx-visually-hidden">
      {clipboard.copied ? t("copied") : ""}
    </span>
  );
  if (withText) {
    return (
      <>
        <Button variant={clipboard.copied ? "light" : "default"} leftSection={icon} onClick={copy}>
          {text}
        </Button>
        {announced}
      </>
    );
  }
  return (
    <>
      <Tooltip label={text}>
        <ActionIcon
          aria-label={label ?? t("copy")}
          onClick={copy}
          color={clipboard.copied ? "green" : "gray"}
          size="md"
        >
          {icon}
        </ActionIcon>
      </Tooltip>
      {announced}
    </>
  );
}
