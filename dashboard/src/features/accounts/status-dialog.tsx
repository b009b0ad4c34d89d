import { useTranslation } from "react-i18next";
import type { AdminAccountResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import textClasses from "@/components/text.module.css";
import { useNotify } from "@/hooks/use-notify";
import { useEditOperatorAccount } from "./queries";

interface AccountStatusDialogProps {
  account: AdminAccountResponse;
  isOpen: boolean;
  onClose: () => void;
}

/** Suspends the account, or takes that back; says what will happen first. */
export function AccountStatusDialog({ account, isOpen, onClose }: AccountStatusDialogProps) {
  const { t } = useTranslation("accounts");
  const notify = useNotify();
  const edit = useEditOperatorAccount(account.id);
  const name = account.name || account.email;
  const isActive = account.status === "active";
  const what = isActive ? "suspending" : "reactivating";
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t(`operator.${what}.title`, { name })}
      confirmLabel={isActive ? t("operator.suspend") : t("operator.reactivate")}
      isDangerous={isActive}
      typed={isActive ? name : undefined}
      onConfirm={async () => {
        await edit.mutateAsync({ status: isActive ? "suspended" : "active" });
        notify.done(t(`operator.${what}.done`, { name }));
      }}
    >
      <ul className={textClasses.consequences}>
        <li>{t(`operator.${what}.keys`, { count: account.api_keys })}</li>
        <li>{t(`operator.${what}.members`)}</li>
        <li>{t(`operator.${what}.data`)}</li>
      </ul>
    </ConfirmDialog>
  );
}
