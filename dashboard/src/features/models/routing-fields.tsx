import { Select, SimpleGrid, Stack, Switch, TagsInput, Title } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { TierResponse } from "@/api/types";
import { useNames } from "@/hooks/use-names";
import { type ModelValues, ROUTING_POLICIES } from "./form-values";
import { operatorModelsQuery } from "./queries";
import { emptyRule } from "./route-rules";
import { RulesEditor } from "./rules-editor";

const BELOW = ["label", "input", "description", "error"] as const;

interface RoutingFieldsProps {
  form: UseFormReturnType<ModelValues>;
  tiers: readonly TierResponse[];
}

/** How requests for the model find what serves them: by rules, or at its own deployments. */
export function RoutingFields({ form, tiers }: RoutingFieldsProps) {
  const { t } = useTranslation("models");
  const { is_virtual: isVirtual, routes } = form.getValues();
  return (
    <Stack gap="md">
      <Title order={3} size="h4">
        {t("operator.routing.title")}
      </Title>
      <Switch
        label={t("operator.routing.virtual")}
        description={t("operator.routing.virtualHelp")}
        checked={isVirtual}
        onChange={(event) =>
          form.setValues({
            is_virtual: event.currentTarget.checked,
            routes: routes.length === 0 ? [emptyRule()] : routes,
          })
        }
      />
      {isVirtual ? <RulesEditor form={form} tiers={tiers} /> : <DeploymentFields form={form} />}
    </Stack>
  );
}

function DeploymentFields({ form }: Pick<RoutingFieldsProps, "form">) {
  const { t } = useTranslation("models");
  const policy = useNames("routingPolicy");
  const { id } = form.getValues();
  const models = useQuery(operatorModelsQuery).data ?? [];
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t("operator.routing.policy")}
          description={t("operator.routing.policyHelp")}
          inputWrapperOrder={[...BELOW]}
          data={ROUTING_POLICIES.map((value) => ({ value, label: policy(value) }))}
          allowDeselect={false}
          {...form.getInputProps("routing_policy")}
        />
        <TagsInput
          label={t("operator.routing.fallbacks")}
          description={t("operator.routing.fallbacksHelp")}
          inputWrapperOrder={[...BELOW]}
          data={models.map((model) => model.id).filter((other) => other !== id)}
          maxTags={40}
          {...form.getInputProps("fallbacks")}
        />
      </SimpleGrid>
      <Switch
        label={t("operator.routing.sticky")}
        description={t("operator.routing.stickyHelp")}
        {...form.getInputProps("sticky_prompts", { type: "checkbox" })}
      />
      <Switch
        label={t("operator.routing.retry")}
        description={t("operator.routing.retryHelp")}
        {...form.getInputProps("retry_after_timeout", { type: "checkbox" })}
      />
    </>
  );
}
