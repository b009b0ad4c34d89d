import type { RouteRule } from "@/api/types";

/** What a request may need of a model, for a rule to take it. */
export const NEEDS = ["tools", "vision", "json_schema"] as const;

/** A rule as it is typed; what is empty is no condition. */
export interface RuleValues {
  /** Tells the rows of the form apart. */
  key: string;
  model: string;
  percent: number | "";
  needs: string[];
  input_tokens_min: number | "";
  input_tokens_max: number | "";
  tiers: string[];
}

let count = 0;

export function emptyRule(): RuleValues {
  count += 1;
  return {
    key: `rule-${count}`,
    model: "",
    percent: "",
    needs: [],
    input_tokens_min: "",
    input_tokens_max: "",
    tiers: [],
  };
}

export function ruleToValues(rule: RouteRule): RuleValues {
  return {
    ...emptyRule(),
    model: rule.model,
    percent: rule.percent ?? "",
    needs: rule.needs ?? [],
    input_tokens_min: rule.input_tokens_min ?? "",
    input_tokens_max: rule.input_tokens_max ?? "",
    tiers: rule.tiers ?? [],
  };
}

export function valuesToRule({ key: _, ...values }: RuleValues): RouteRule {
  const number = (value: number | "") => (value === "" ? null : value);
  return {
    ...values,
    percent: number(values.percent),
    input_tokens_min: number(values.input_tokens_min),
    input_tokens_max: number(values.input_tokens_max),
  };
}
