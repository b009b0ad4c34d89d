import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AdminUserResponse, LinkResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useCreateResetLink, useEditUser } from "./queries";

export type UserAction = "promote" | "demote" | "disable" | "enable" | "reset";

const CHANGES = {
  promote: { is_operator: true },
  demote: { is_operator: false },
  disable: { status: "disabled" },
  enable: { status: "active" },
} as const;

interface UserActionDialogProps {
  pending: { user: AdminUserResponse; action: UserAction } | null;
  onClose: () => void;
  onLink: (link: LinkResponse, user: AdminUserResponse) => void;
}

/** Says what an act on a user does, and does it. */
export function UserActionDialog({ pending, onClose, onLink }: UserActionDialogProps) {
  const { t } = useTranslation("users");
  const notify = useNotify();
  const edit = useEditUser();
  const createLink = useCreateResetLink();
  if (pending === null) return null;
  const { user, action } = pending;
  const name = user.name || user.email;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`${action}.title`, { name })}
      confirmLabel={t(`${action}.label`)}
      isDangerous={action === "disable" || action === "demote"}
      typed={action === "promote" ? user.email : undefined}
      onConfirm={async () => {
        if (action === "reset") {
          onLink(await createLink.mutateAsync(user.id), user);
          return;
        }
        await edit.mutateAsync({ id: user.id, ...CHANGES[action] });
        notify.done(t(`${action}.done`, { name }));
      }}
    >
      <Text size="sm">{t(`${action}.text`)}</Text>
    </ConfirmDialog>
  );
}
