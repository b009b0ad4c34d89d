import { Badge } from "@mantine/core";
import { Gauge } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { setLimits } from "./own-limits";

/** The limits that were set on a key, as a badge in lists. */
export function OwnLimitsBadge({ apiKey }: { apiKey: ApiKeyResponse }) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const limits = setLimits(apiKey.limits);
  const [first] = limits;
  if (first === undefined) return null;
  const inWords = limits.map(([limit, most]) => `${t(`limitName.${limit}`)}: ${format.number(most)}`);
  return (
    <Badge color="gray" leftSection={<Gauge size={11} aria-hidden />} title={inWords.join("\n")}>
      {limits.length === 1
        ? t(`ownLimit.${first[0]}`, { limit: format.compact(first[1]) })
        : t("ownLimits", { count: limits.length })}
    </Badge>
  );
}
