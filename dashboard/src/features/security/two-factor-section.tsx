import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Section } from "@/components/section";
import { StatusBadge } from "@/components/status-badge";
import { useNotify } from "@/hooks/use-notify";
import { ProofDialog } from "./proof-dialog";
import { useDisableTwoFactor, useNewRecoveryCodes } from "./queries";
import { RecoveryCodesDialog } from "./recovery-codes-dialog";
import { TwoFactorSetup } from "./two-factor-setup";

type Step = "set-up" | "disable" | "new-codes" | null;

export function TwoFactorSection() {
  const { t } = useTranslation("security");
  const { user } = useMe();
  const notify = useNotify();
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const disable = useDisableTwoFactor();
  const renew = useNewRecoveryCodes();
  const close = () => setStep(null);
  const showCodes = (shown: string[]) => {
    setStep(null);
    setCodes(shown);
  };

  return (
    <>
      <Section
        title={t("twoFactor.title")}
        badge={
          user.has_two_factor ? (
            <StatusBadge tone="ok">{t("twoFactor.on")}</StatusBadge>
          ) : (
            <StatusBadge tone="neutral">{t("twoFactor.off")}</StatusBadge>
          )
        }
        text={user.has_two_factor ? t("twoFactor.textOn") : t("twoFactor.textOff")}
        actions={
          user.has_two_factor ? (
            <>
              <Button variant="default" onClick={() => setStep("new-codes")}>
                {t("twoFactor.newCodes")}
              </Button>
              <Button variant="default" onClick={() => setStep("disable")}>
                {t("twoFactor.disable")}
              </Button>
            </>
          ) : (
            <Button onClick={() => setStep("set-up")}>{t("twoFactor.setUp")}</Button>
          )
        }
      />
      <TwoFactorSetup isOpen={step === "set-up"} onClose={close} onDone={showCodes} />
      <ProofDialog
        isOpen={step === "disable"}
        onClose={close}
        title={t("twoFactor.disableTitle")}
        text={t("twoFactor.disableText")}
        submitLabel={t("twoFactor.disable")}
        isDangerous
        onSubmit={async (proof) => {
          await disable.mutateAsync(proof);
          close();
          notify.done(t("twoFactor.disabled"));
        }}
      />
      <ProofDialog
        isOpen={step === "new-codes"}
        onClose={close}
        title={t("twoFactor.newCodesTitle")}
        text={t("twoFactor.newCodesText")}
        submitLabel={t("twoFactor.newCodesSubmit")}
        onSubmit={async (proof) => showCodes((await renew.mutateAsync(proof)).recovery_codes)}
      />
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(null)} />
    </>
  );
}
