import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { useAccount } from "@/api/session";
import type { CreateInviteResponse, Role } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { FormError } from "@/components/form-error";
import onceClasses from "@/components/once.module.css";
import { authOptionsQuery } from "@/features/auth/queries";
import { isEmail } from "@/features/auth/shared/fields";
import { useFormat } from "@/hooks/use-format";
import classes from "./members.module.css";
import { membersQuery, useCreateInvite } from "./queries";

const ROLES: Role[] = ["viewer", "member", "admin", "owner"];

/** Whom and as what; then the link, which is shown this once. */
export function InviteDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("members");
  const [created, setCreated] = useState<CreateInviteResponse | null>(null);
  const close = () => {
    onClose();
    setCreated(null);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={<Text fw={600}>{created ? t("inviteDialog.doneTitle") : t("inviteDialog.title")}</Text>}
      size="lg"
      closeOnClickOutside={created === null}
    >
      {isOpen ? (
        created ? (
          <Link created={created} onClose={close} />
        ) : (
          <Form onClose={close} onDone={setCreated} />
        )
      ) : null}
    </Modal>
  );
}

function Form({ onClose, onDone }: { onClose: () => void; onDone: (created: CreateInviteResponse) => void }) {
  const { t } = useTranslation(["members", "common"]);
  const account = useAccount();
  const create = useCreateInvite(account.id);
  const members = useQuery(membersQuery(account.id)).data;
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [isChecked, setIsChecked] = useState(false);
  const address = email.trim().toLowerCase();
  const isMember = members?.some((member) => member.email.toLowerCase() === address) ?? false;
  const error = isMember
    ? t("inviteDialog.alreadyMember")
    : isChecked && !isEmail(email)
      ? t("inviteDialog.emailWrong")
      : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (!isEmail(email) || isMember || create.isPending) return;
    create.mutate({ email: email.trim(), role }, { onSuccess: onDone });
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          type="email"
          label={t("inviteDialog.email")}
          autoComplete="off"
          spellCheck={false}
          maxLength={maxLengthOf("CreateInviteRequest", "email")}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={error}
          data-autofocus
        />
        <Radio.Group label={t("inviteDialog.role")} value={role} onChange={(value) => setRole(value as Role)}>
          <Stack gap={6} mt={4}>
            {ROLES.filter((one) => one !== "owner" || account.can("owner")).map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`common:roles.${one}`)}
                description={t(`roleTexts.${one}`)}
                className={classes.choice}
                data-checked={role === one || undefined}
              />
            ))}
          </Stack>
        </Radio.Group>
        <FormError error={create.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("inviteDialog.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Link({ created, onClose }: { created: CreateInviteResponse; onClose: () => void }) {
  const { t } = useTranslation(["members", "common"]);
  const format = useFormat();
  const sendsEmail = useQuery(authOptionsQuery).data?.sends_email ?? false;
  const { email, expires_at } = created.invite;
  return (
    <Stack gap="md">
      <Text size="sm" className="yx-untrusted">
        {t(sendsEmail ? "inviteDialog.doneMailed" : "inviteDialog.doneLink", { email })}
      </Text>
      <fieldset className={onceClasses.key} aria-label={t("inviteDialog.link")} style={{ margin: 0 }}>
        <span data-testid="invite-link">{created.link}</span>
      </fieldset>
      <Text size="xs" c="dimmed" className="yx-untrusted">
        {t("inviteDialog.onlyThem", { email, date: format.date(expires_at) })}
      </Text>
      <Group justify="space-between">
        <CopyButton value={created.link} label={t("inviteDialog.copyLink")} withText />
        <Button onClick={onClose}>{t("common:done")}</Button>
      </Group>
    </Stack>
  );
}
