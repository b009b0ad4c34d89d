import { Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CatalogResponse } from "@/api/types";
import { FormDialog } from "@/components/form-dialog";
import { DoneStep } from "./done-step";
import type { Found } from "./found";
import { KnownProviderStep } from "./known-provider-step";
import { ModelsStep } from "./models-step";
import { ProviderStep } from "./provider-step";

interface ConnectSheetProps {
  /** A provider that is saved, to which models are added; `null`: a new one. */
  provider: { name: string; kind: string } | null;
  isOpen: boolean;
  onClose: () => void;
}

/** A provider, its models and what they cost, in one sheet and one save. */
export function ConnectSheet({ provider, isOpen, onClose }: ConnectSheetProps) {
  const { t } = useTranslation("providers");
  const title = provider ? t("connect.addModelsTo", { name: provider.name }) : t("connect.title");
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={title} size="60rem">
      <Steps provider={provider} onClose={onClose} />
    </FormDialog>
  );
}

function Steps({ provider, onClose }: Pick<ConnectSheetProps, "provider" | "onClose">) {
  const [found, setFound] = useState<Found | null>(null);
  const [added, setAdded] = useState<CatalogResponse | null>(null);
  if (added) return <DoneStep added={added} onClose={onClose} />;
  if (found) {
    return <ModelsStep found={found} onBack={() => setFound(null)} onClose={onClose} onAdded={setAdded} />;
  }
  return (
    <Stack>
      {provider ? (
        <KnownProviderStep provider={provider} onFound={setFound} onClose={onClose} />
      ) : (
        <ProviderStep onFound={setFound} onClose={onClose} />
      )}
    </Stack>
  );
}
