import { useTranslation } from "react-i18next";
import { AnchorLink } from "@/components/links/anchor-link";
import { UsageCard } from "@/features/usage/shared/usage-card";

/** What this key did, over time. */
export function KeyUsage({ accountId, apiKeyId }: { accountId: string; apiKeyId: string }) {
  const { t } = useTranslation("api-keys");
  return (
    <UsageCard
      audience={{ accountId }}
      filter={{ api_key_id: apiKeyId }}
      fallback="7d"
      title={t("usage")}
      more={
        <AnchorLink
          to="/a/$accountId/usage"
          params={{ accountId }}
          search={{ api_key_id: apiKeyId }}
          size="sm"
        >
          {t("usageMore")}
        </AnchorLink>
      }
      empty={{ title: t("usageEmpty"), text: t("usageEmptyText") }}
    />
  );
}
