import { Button, List, PasswordInput, Stack, Text } from "@mantine/core";
import { KeyRound, SearchX, ShieldCheck, ShieldQuestion } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { FormError } from "@/components/form-error";
import { AnchorLink } from "@/components/links/anchor-link";
import { kindOfSecret, type SecretKind } from "@/lib/key-format";
import classes from "./auth.module.css";
import { AuthHeading, Notice } from "./parts";
import { useRevokeLeakedKey } from "./queries";

/** Whoever found a key ends it here, signed in or not. The key is looked at in the page before it is sent. */
export function RevokeKeyPage() {
  const [key, setKey] = useState("");
  const [isConfirming, setIsConfirming] = useState(false);
  const revoke = useRevokeLeakedKey();
  const kind = kindOfSecret(key.trim());
  const again = () => {
    revoke.reset();
    setKey("");
    setIsConfirming(false);
  };

  if (revoke.data) return <Done revoked={revoke.data.revoked} kind={revoke.data.kind} onAgain={again} />;
  if (isConfirming && kind !== null) {
    return (
      <Confirm
        kind={kind}
        secret={key.trim()}
        error={revoke.error}
        isPending={revoke.isPending}
        onConfirm={() => revoke.mutate(key.trim())}
        onBack={() => {
          revoke.reset();
          setIsConfirming(false);
        }}
      />
    );
  }
  return <Ask value={key} isKey={kind !== null} onChange={setKey} onSubmit={() => setIsConfirming(true)} />;
}

interface AskProps {
  value: string;
  isKey: boolean;
  onChange: (value: string) => void;
  onSubmit: () => void;
}

function Ask({ value, isKey, onChange, onSubmit }: AskProps) {
  const { t } = useTranslation("auth");
  const [isChecked, setIsChecked] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (isKey) onSubmit();
  };
  return (
    <>
      <AuthHeading title={t("revokeKey.title")} text={t("revokeKey.text")} />
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <PasswordInput
            label={t("revokeKey.key")}
            description={t("revokeKey.keyHint")}
            // No browser shall offer to keep it.
            autoComplete="off"
            data-1p-ignore
            spellCheck={false}
            maxLength={maxLengthOf("RevokeLeakedKeyRequest", "key")}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
            error={isChecked && !isKey ? t("revokeKey.noKey") : null}
            visibilityToggleButtonProps={{ "aria-label": t("fields.showPassword") }}
            autoFocus
          />
          <Button type="submit" fullWidth>
            {t("revokeKey.continue")}
          </Button>
        </Stack>
      </form>
      <p className={classes.foot}>
        <AnchorLink to="/sign-in" size="sm">
          {t("reset.back")}
        </AnchorLink>
      </p>
    </>
  );
}

interface ConfirmProps {
  kind: SecretKind;
  secret: string;
  error: unknown;
  isPending: boolean;
  onConfirm: () => void;
  onBack: () => void;
}

function Confirm({ kind, secret, error, isPending, onConfirm, onBack }: ConfirmProps) {
  const { t } = useTranslation("auth");
  const hint = `${secret.slice(0, secret.indexOf("-") + 5)}…${secret.slice(-4)}`;
  return (
    <Notice
      icon={KeyRound}
      tone="bad"
      title={t(`revokeKey.confirm.${kind}`)}
      text={<span style={{ fontFamily: "var(--mantine-font-family-monospace)" }}>{hint}</span>}
    >
      <Text size="sm">{t("revokeKey.whatHappens")}</Text>
      <List size="sm" spacing={6} mb="xs">
        <List.Item>{t(kind === "client_token" ? "revokeKey.tokenEnds" : "revokeKey.refused")}</List.Item>
        <List.Item>{t("revokeKey.told")}</List.Item>
        {kind === "client_token" ? null : <List.Item>{t("revokeKey.forGood")}</List.Item>}
      </List>
      <FormError error={error} />
      <Button color="red" fullWidth loading={isPending} onClick={onConfirm}>
        {t(kind === "client_token" ? "revokeKey.report" : "revokeKey.submit")}
      </Button>
      <Button variant="default" fullWidth disabled={isPending} onClick={onBack}>
        {t("code.back")}
      </Button>
    </Notice>
  );
}

interface DoneProps {
  revoked: boolean;
  kind: SecretKind | null;
  onAgain: () => void;
}

function Done({ revoked, kind, onAgain }: DoneProps) {
  const { t } = useTranslation("auth");
  const outcome = revoked ? "revoked" : kind === "client_token" ? "token" : "unknown";
  const icon = { revoked: ShieldCheck, token: ShieldQuestion, unknown: SearchX }[outcome];
  return (
    <Notice
      icon={icon}
      tone={outcome === "unknown" ? "neutral" : "ok"}
      title={t(`revokeKey.done.${outcome}Title`)}
      text={t(`revokeKey.done.${outcome}Text`)}
    >
      <Button variant="default" fullWidth onClick={onAgain}>
        {t("revokeKey.another")}
      </Button>
    </Notice>
  );
}
