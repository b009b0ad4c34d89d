import { useTranslation } from "react-i18next";
import { useEditAccount } from "@/api/operator-queries";
import type { AdminAccountResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import classes from "@/components/operator.module.css";
import { useNotify } from "@/hooks/use-notify";

interface AccountStatusDialogProps {
  account: AdminAccountResponse;
  isOpen: boolean;
  onClose: () => void;
}

/** Suspends the account, or takes that back; says what will happen first. */
export function AccountStatusDialog({ account, isOpen, onClose }: AccountStatusDialogProps) {
  const { t } = useTranslation("operator");
  const notify = useNotify();
  const edit = useEditAccount(account.id);
  const name = account.name || account.email;
  const isActive = account.status === "active";
  const what = isActive ? "suspending" : "reactivating";
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t(`account.${what}.title`, { name })}
      confirmLabel={isActive ? t("account.suspend") : t("account.reactivate")}
      isDangerous={isActive}
      typed={isActive ? name : undefined}
      onConfirm={async () => {
        await edit.mutateAsync({ status: isActive ? "suspended" : "active" });
        notify.done(t(`account.${what}.done`, { name }));
      }}
    >
      <ul className={classes.consequences}>
        <li>{t(`account.${what}.keys`, { count: account.api_keys })}</li>
        <li>{t(`account.${what}.members`)}</li>
        <li>{t(`account.${what}.data`)}</li>
      </ul>
    </ConfirmDialog>
  );
}
