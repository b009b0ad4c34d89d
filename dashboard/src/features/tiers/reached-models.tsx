import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse } from "@/api/types";
import chipClasses from "@/components/chips.module.css";
import layoutClasses from "@/components/layout.module.css";
import { useTierName } from "@/hooks/use-tier-name";

/** The models that a tier reaches, and the tiers of those that it does not. */
export function ReachedModels({ reached, models }: { reached: string[]; models: AdminModelResponse[] }) {
  const { t } = useTranslation("tiers");
  const tierName = useTierName();
  const others = models.filter((model) => !reached.includes(model.id));
  return (
    <div className={layoutClasses.stack}>
      <div>
        <Text size="sm" fw={550} mb={6}>
          {t("reached")} ({reached.length})
        </Text>
        {reached.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("noneReached")}
          </Text>
        ) : (
          <div className={chipClasses.chips}>
            {reached.map((id) => (
              <span key={id} className={chipClasses.chip}>
                {id}
              </span>
            ))}
          </div>
        )}
      </div>
      {others.length > 0 ? (
        <div>
          <Text size="sm" fw={550} mb={6}>
            {t("notReached")} ({others.length})
          </Text>
          <div className={chipClasses.chips}>
            {others.map((model) => (
              <span key={model.id} className={chipClasses.chip}>
                {model.id} · {tierName(model.min_tier)}
              </span>
            ))}
          </div>
        </div>
      ) : null}
    </div>
  );
}
