import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorState } from "@/components/error-state";
import personClasses from "@/components/person.module.css";
import { Section } from "@/components/section";
import sectionClasses from "@/components/section.module.css";
import { authOptionsQuery } from "@/features/auth/queries";
import { useFormat } from "@/hooks/use-format";
import { identitiesQuery, useUnlinkProvider } from "./queries";

/** Left out where the server offers no provider and none was ever connected. */
export function IdentitiesSection() {
  const { t } = useTranslation("security");
  const format = useFormat();
  const identities = useQuery(identitiesQuery);
  const providers = useQuery(authOptionsQuery).data?.providers ?? [];
  const connected = new Set(identities.data?.map((identity) => identity.provider));
  const others = providers.filter((provider) => !connected.has(provider.name));
  const [leaving, setLeaving] = useState<string | null>(null);
  const unlink = useUnlinkProvider();
  const nameOf = (name: string) => providers.find((provider) => provider.name === name)?.display_name ?? name;
  if (identities.data?.length === 0 && providers.length === 0) return null;

  return (
    <Section title={t("identities.title")} text={t("identities.text")}>
      {identities.isPending ? <Skeleton height={34} /> : null}
      {identities.error && !identities.data ? (
        <ErrorState error={identities.error} onRetry={() => void identities.refetch()} />
      ) : null}
      {identities.data?.map((identity) => (
        <div key={`${identity.provider} ${identity.subject_hint}`} className={sectionClasses.row}>
          <div className={personClasses.person}>
            <span className={personClasses.avatar} data-square aria-hidden>
              <Link2 size={15} />
            </span>
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500} className="yx-untrusted">
                {nameOf(identity.provider)}
              </Text>
              <Text size="xs" c="dimmed" className="yx-untrusted">
                {identity.subject_hint}
              </Text>
            </div>
          </div>
          <Group gap="sm">
            <Text size="xs" c="dimmed">
              {t("identities.since", { date: format.date(identity.created_at, "date") })}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={t("identities.disconnectWhich", { provider: nameOf(identity.provider) })}
              onClick={() => setLeaving(identity.provider)}
            >
              {t("identities.disconnect")}
            </Button>
          </Group>
        </div>
      ))}
      {identities.data && others.length > 0 ? (
        <div className={sectionClasses.row}>
          <Text size="sm" c="dimmed" maw={420}>
            {t("identities.emptyText")}
          </Text>
          <div style={{ display: "flex", flexWrap: "wrap", gap: 8, justifyContent: "flex-end" }}>
            {others.map((provider) => (
              <Button
                key={provider.name}
                component="a"
                variant="default"
                size="xs"
                href={apiUrl("/auth/providers/{name}/start", {
                  path: { name: provider.name },
                  query: { return_to: "/settings/security" },
                })}
              >
                {t("identities.connect", { provider: provider.display_name })}
              </Button>
            ))}
          </div>
        </div>
      ) : null}
      <ConfirmDialog
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t("identities.disconnectWhich", { provider: nameOf(leaving ?? "") })}
        confirmLabel={t("identities.disconnect")}
        onConfirm={() => unlink.mutateAsync(leaving ?? "")}
        isDangerous
      >
        <Text size="sm">{t("identities.disconnectText")}</Text>
      </ConfirmDialog>
    </Section>
  );
}
