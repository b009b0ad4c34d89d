import { NumberInput, SimpleGrid, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { accountQuery } from "@/api/session";
import { useFormat } from "@/hooks/use-format";
import { FoldedSection } from "./folded-section";
import type { KeyValues } from "./key-fields";
import { countLimits, LIMITS } from "./own-limits";

/** The limits of a key below those of its account. */
export function LimitFields({ form, accountId }: { form: UseFormReturnType<KeyValues>; accountId: string }) {
  const { t } = useTranslation(["api-keys", "common"]);
  const format = useFormat();
  const tier = useQuery(accountQuery(accountId)).data?.tier;
  const count = countLimits(form.values.limits);
  return (
    <FoldedSection
      title={t("api-keys:form.limits")}
      summary={count > 0 ? t("api-keys:form.limitsSet", { count }) : t("api-keys:form.limitsNone")}
      isOpenAtFirst={count > 0}
      hasError={LIMITS.some((limit) => form.errors[`limits.${limit}`] != null)}
    >
      {() => (
        <>
          <Text size="xs" c="dimmed">
            {t("api-keys:form.limitsHint")}
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            {LIMITS.map((limit) => {
              const most = tier?.[limit] ?? null;
              return (
                <NumberInput
                  key={limit}
                  label={t(`api-keys:limitName.${limit}`)}
                  placeholder={most === null ? t("common:unlimited") : format.number(most)}
                  min={1}
                  max={most ?? undefined}
                  clampBehavior="none"
                  allowDecimal={false}
                  allowNegative={false}
                  thousandSeparator=","
                  {...form.getInputProps(`limits.${limit}`)}
                  onChange={(typed) =>
                    form.setFieldValue(`limits.${limit}`, typeof typed === "number" ? typed : "")
                  }
                />
              );
            })}
          </SimpleGrid>
        </>
      )}
    </FoldedSection>
  );
}
