import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdminProviderResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import textClasses from "@/components/text.module.css";
import { liveDeploymentsQuery } from "@/features/deployments/queries";
import { useNotify } from "@/hooks/use-notify";
import { CredentialDeployments } from "./credential-deployments";
import { CredentialDialog } from "./credential-dialog";
import { type Credential, credentialsOf, statesOf, withoutCredential } from "./credentials";
import classes from "./providers.module.css";
import { useEditProvider } from "./queries";

interface CredentialsDialogProps {
  provider: AdminProviderResponse;
  isOpen: boolean;
  onClose: () => void;
}

type Step = { kind: "add" } | { kind: "replace" | "remove"; credential: Credential };

/** The credentials of a provider: how each does, and adding, replacing and removing them. */
export function CredentialsDialog({ provider, isOpen, onClose }: CredentialsDialogProps) {
  // The words of breakers too, before they are said: a dialog that waits for words takes the page away.
  const { t } = useTranslation(["providers", "routing"]);
  const [step, setStep] = useState<Step | null>(null);
  const deployments = useQuery({ ...liveDeploymentsQuery, enabled: isOpen }).data ?? [];
  const all = credentialsOf(provider);
  const canWrite = provider.origin === "database";
  return (
    <>
      <Modal
        opened={isOpen && step === null}
        onClose={onClose}
        size="lg"
        title={
          <Text fw={600} className="yx-untrusted">
            {t("credentials.title", { name: provider.name })}
          </Text>
        }
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t(all.length > 1 ? "credentials.help" : "credentials.single")}
          </Text>
          {all.length === 0 ? <Text size="sm">{t("credentials.none")}</Text> : null}
          <ul className={classes.list}>
            {all.map((credential) => (
              <li key={credential.label} className={classes.credential}>
                <Group justify="space-between" gap="xs">
                  <Group gap={8}>
                    <span className={`${textClasses.mono} yx-untrusted`}>{credential.label}</span>
                    <Badge color="gray">
                      {credential.spec.env
                        ? t("credential.env", { name: credential.spec.env })
                        : t("credential.sealed")}
                    </Badge>
                  </Group>
                  {canWrite ? <CredentialActions credential={credential} onStep={setStep} /> : null}
                </Group>
                <CredentialDeployments
                  label={credential.label}
                  states={statesOf(credential.label, provider.name, deployments)}
                />
              </li>
            ))}
          </ul>
          {canWrite ? (
            <div>
              <Button
                variant="default"
                leftSection={<Plus size={15} />}
                onClick={() => setStep({ kind: "add" })}
              >
                {t("credentials.add")}
              </Button>
            </div>
          ) : null}
        </Stack>
      </Modal>
      <CredentialDialog
        provider={provider}
        credential={step?.kind === "replace" ? step.credential : null}
        isOpen={step?.kind === "add" || step?.kind === "replace"}
        onClose={() => setStep(null)}
      />
      <RemoveDialog
        provider={provider}
        label={step?.kind === "remove" ? step.credential.label : null}
        onClose={() => setStep(null)}
      />
    </>
  );
}

function CredentialActions({ credential, onStep }: { credential: Credential; onStep: (step: Step) => void }) {
  const { t } = useTranslation("providers");
  const { label } = credential;
  return (
    <Group gap={6}>
      <Button
        size="xs"
        variant="default"
        aria-label={t("credentials.replaceNamed", { label })}
        onClick={() => onStep({ kind: "replace", credential })}
      >
        {t("credentials.replace")}
      </Button>
      {credential.isMain ? null : (
        <Button
          size="xs"
          variant="subtle"
          color="red"
          aria-label={t("credentials.removeNamed", { label })}
          onClick={() => onStep({ kind: "remove", credential })}
        >
          {t("credentials.remove")}
        </Button>
      )}
    </Group>
  );
}

function RemoveDialog({
  provider,
  label,
  onClose,
}: {
  provider: AdminProviderResponse;
  label: string | null;
  onClose: () => void;
}) {
  const { t } = useTranslation("providers");
  const notify = useNotify();
  const edit = useEditProvider();
  return (
    <ConfirmDialog
      isOpen={label !== null}
      onClose={onClose}
      title={t("credentials.removeTitle", { label })}
      confirmLabel={t("credentials.remove")}
      isDangerous
      onConfirm={async () => {
        if (label === null) return;
        await edit.mutateAsync({ name: provider.name, change: withoutCredential(provider, label) });
        notify.done(t("credentials.removed", { label }));
      }}
    >
      <Text size="sm">{t("credentials.removeText")}</Text>
    </ConfirmDialog>
  );
}
