import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCopy } from "@/hooks/use-copy";

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
  const clipboard = useCopy();
  const copy = () => {
    clipboard.copy(value);
    onCopied?.();
  };
  const text = clipboard.isCopied ? t("copied") : (label ?? t("copy"));
  const icon = clipboard.isCopied ? <Check size={15} /> : <Copy size={15} />;
  const announced = (
    <span aria-live="polite" className="yx-visually-hidden">
      {clipboard.isCopied ? t("copied") : ""}
    </span>
  );
  if (withText) {
    return (
      <>
        <Button variant={clipboard.isCopied ? "light" : "default"} leftSection={icon} onClick={copy}>
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
          color={clipboard.isCopied ? "green" : "gray"}
          size="md"
        >
          {icon}
        </ActionIcon>
      </Tooltip>
      {announced}
    </>
  );
}
