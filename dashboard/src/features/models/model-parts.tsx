import { Badge, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ModelResponse } from "@/api/types";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { useTierName } from "@/hooks/use-tier-name";
import { NO_VALUE } from "@/lib/format";
import { hasOnePrice, isFree, isPerMillion } from "./shared/catalogue";

export function useModelWords() {
  return { type: useNames("modelType"), tier: useTierName() };
}

/** May I use it, and if not, why not and what then. */
export function Availability({ model, accountTier }: { model: ModelResponse; accountTier: string }) {
  const { t } = useTranslation("models");
  const words = useModelWords();
  if (model.is_available && model.is_failing) {
    return (
      <Tooltip multiline w={260} label={t("available.failingText")}>
        <span>
          <StatusBadge tone="bad">{t("available.failing")}</StatusBadge>
        </span>
      </Tooltip>
    );
  }
  if (model.is_available) return <StatusBadge tone="ok">{t("available.yes")}</StatusBadge>;
  const isTier = model.unavailable_reason === "tier";
  return (
    <Tooltip
      multiline
      w={260}
      label={
        isTier
          ? t("available.tierText", { needed: words.tier(model.min_tier), mine: words.tier(accountTier) })
          : t("available.noDeploymentText")
      }
    >
      <span>
        <StatusBadge tone={isTier ? "warn" : "neutral"}>
          {isTier ? t("available.tier", { tier: words.tier(model.min_tier) }) : t("available.noDeployment")}
        </StatusBadge>
      </span>
    </Tooltip>
  );
}

export function TierBadge({ tier }: { tier: string }) {
  const words = useModelWords();
  return (
    <Badge color={tier === "free" ? "gray" : "qing"} miw="max-content">
      {words.tier(tier)}
    </Badge>
  );
}

export function usePrice() {
  const { t } = useTranslation("models");
  const format = useFormat();
  return (model: ModelResponse, side: "input" | "output"): string => {
    const nanos = side === "input" ? model.input_price_nanos : model.output_price_nanos;
    if (nanos === null || (side === "output" && hasOnePrice(model))) return NO_VALUE;
    if (nanos === 0 && isFree(model)) return t("price.free");
    return format.money(nanos);
  };
}

export function usePriceUnit() {
  const { t } = useTranslation("models");
  const unit = useNames("pricingUnit");
  return (model: ModelResponse): string =>
    isPerMillion(model) ? t("price.perMillion") : unit(model.pricing_unit);
}
