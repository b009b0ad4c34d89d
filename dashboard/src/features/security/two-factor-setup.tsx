import { Anchor, Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { maxLengthOf } from "@/api/limits";
import { useMe } from "@/api/session";
import type { TwoFactorSetupResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { FormError } from "@/components/form-error";
import onceClasses from "@/components/once.module.css";
import { useBeginTwoFactor, useConfirmTwoFactor } from "./queries";
import classes from "./security.module.css";

const CODE_DIGITS = 6;

interface TwoFactorSetupProps {
  isOpen: boolean;
  onClose: () => void;
  onDone: (recoveryCodes: string[]) => void;
}

/** Prove who you are, scan, prove that the app works; then the recovery codes are shown. */
export function TwoFactorSetup({ isOpen, onClose, onDone }: TwoFactorSetupProps) {
  const { t } = useTranslation("security");
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={<Text fw={600}>{t("twoFactor.setupTitle")}</Text>}
      size="lg"
      closeOnClickOutside={false}
    >
      <Steps onClose={onClose} onDone={onDone} />
    </Modal>
  );
}

function Steps({ onClose, onDone }: Omit<TwoFactorSetupProps, "isOpen">) {
  const [setup, setSetup] = useState<TwoFactorSetupResponse | null>(null);
  if (setup === null) return <ProveStep onClose={onClose} onNext={setSetup} />;
  return <ScanStep setup={setup} onClose={onClose} onDone={onDone} />;
}

function ProveStep({
  onClose,
  onNext,
}: {
  onClose: () => void;
  onNext: (setup: TwoFactorSetupResponse) => void;
}) {
  const { t } = useTranslation(["security", "common", "auth"]);
  const { user } = useMe();
  const [password, setPassword] = useState("");
  const begin = useBeginTwoFactor();
  const isReady = !user.has_password || password !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !begin.isPending)
      begin.mutate(user.has_password ? { password } : {}, { onSuccess: onNext });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">{user.has_password ? t("twoFactor.passwordText") : t("twoFactor.textOff")}</Text>
        {user.has_password ? (
          <PasswordInput
            label={t("password.confirmPassword")}
            autoComplete="current-password"
            maxLength={maxLengthOf("BeginTwoFactorRequest", "password")}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("auth:fields.showPassword"), tabIndex: 0 }}
            data-autofocus
          />
        ) : null}
        <FormError error={begin.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" disabled={!isReady} loading={begin.isPending}>
            {t("twoFactor.next")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ScanStep({
  setup,
  onClose,
  onDone,
}: {
  setup: TwoFactorSetupResponse;
  onClose: () => void;
  onDone: (recoveryCodes: string[]) => void;
}) {
  const { t } = useTranslation(["security", "common"]);
  const [code, setCode] = useState("");
  const confirm = useConfirmTwoFactor();
  const isWrongCode = confirm.error instanceof ApiError && confirm.error.param === "code";
  const send = (digits: string) =>
    confirm.mutate(digits, { onSuccess: (response) => onDone(response.recovery_codes) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === CODE_DIGITS && !confirm.isPending) send(code);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <div className={classes.qrRow}>
          {/* An image, so that nothing inside it can act. */}
          <img
            className={classes.qr}
            src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(setup.qr_svg)}`}
            alt={t("twoFactor.qr")}
          />
          <Stack gap="sm" flex="1 1 220px" miw={0}>
            <Text size="sm">{t("twoFactor.scan")}</Text>
            <div>
              <Text size="xs" c="dimmed" mb={4}>
                {t("twoFactor.cannotScan")}
              </Text>
              <div className={onceClasses.key}>
                <span>{grouped(setup.secret)}</span>
                <CopyButton value={setup.secret} label={t("twoFactor.copyKey")} />
              </div>
            </div>
            {setup.otpauth_url.startsWith("otpauth:") ? (
              <Anchor href={setup.otpauth_url} size="sm" hiddenFrom="md">
                {t("twoFactor.openApp")}
              </Anchor>
            ) : null}
          </Stack>
        </div>
        <TextInput
          label={t("twoFactor.codeLabel")}
          description={t("twoFactor.codeText")}
          inputMode="numeric"
          autoComplete="one-time-code"
          maw={220}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, "").slice(0, CODE_DIGITS))}
          error={isWrongCode ? t("twoFactor.wrongCode") : null}
          data-autofocus
          autoFocus
        />
        {isWrongCode ? null : <FormError error={confirm.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" disabled={code.length !== CODE_DIGITS} loading={confirm.isPending}>
            {t("twoFactor.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** In fours, as people read long keys. */
function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? secret;
}
