import { Card, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import textClasses from "@/components/text.module.css";
import { tiersQuery } from "@/features/tiers/queries";
import classes from "./rules.module.css";
import { useRuleText } from "./use-rule-text";

const NO_TIERS: TierResponse[] = [];

/** What serves a virtual model: its rules, in their order. */
export function RulesCard({ model }: { model: AdminModelResponse }) {
  const { t } = useTranslation("models");
  const text = useRuleText(useQuery(tiersQuery).data ?? NO_TIERS);
  return (
    <Card component="section" aria-label={t("operator.rules.title")}>
      <Title order={2} size="h3">
        {t("operator.rules.title")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("operator.rules.help")}
      </Text>
      <ol className={classes.list}>
        {model.routes.map((rule, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place
          <li key={index} className={classes.item}>
            <span className={classes.place} aria-hidden>
              {index + 1}
            </span>
            <Text size="sm" className={classes.text}>
              {text(rule)}
            </Text>
            <Link
              to="/operator/models/$"
              params={{ _splat: rule.model }}
              className={`${textClasses.strong} ${textClasses.textLink} yx-untrusted`}
            >
              {rule.model}
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}
