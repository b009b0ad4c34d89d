import { Button, Center, Loader } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { useListModels } from "../queries";
import type { Found } from "./found";

interface KnownProviderStepProps {
  provider: { name: string; kind: string };
  onFound: (found: Found) => void;
  onClose: () => void;
}

/** Asks a saved provider for its models as soon as the sheet is open. */
export function KnownProviderStep({ provider, onFound, onClose }: KnownProviderStepProps) {
  const { t } = useTranslation();
  const { mutate, error } = useListModels();
  const { name, kind } = provider;
  useEffect(() => {
    mutate(name, { onSuccess: (list) => onFound({ provider: null, name, kind, list }) });
  }, [mutate, name, kind, onFound]);
  if (error) return <ErrorState error={error} onRetry={() => mutate(name)} />;
  return (
    <Center mih={180} style={{ flexDirection: "column", gap: 16 }}>
      <Loader aria-label={t("loading")} />
      <Button variant="default" onClick={onClose} data-autofocus>
        {t("cancel")}
      </Button>
    </Center>
  );
}
