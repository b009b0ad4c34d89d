import { Card, Group, NumberInput, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ModelResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { usePrice, usePriceUnit } from "./model-parts";
import classes from "./models.module.css";
import { hasOnePrice, isFree, isPerMillion } from "./shared/catalogue";

const TOKENS_PER_PRICE = 1_000_000;
const FIELD_MAX = 1_000_000_000;

/** What a million tokens cost, and what that means for calls of one's own. */
export function PriceCard({ model }: { model: ModelResponse }) {
  const { t } = useTranslation("models");
  const price = usePrice();
  const unit = usePriceUnit();
  const isOnePrice = hasOnePrice(model);
  return (
    <Card>
      <Title order={2} mb="sm">
        {t("price.title")}
      </Title>
      <Group gap={36}>
        <Price label={isOnePrice ? t("price.price") : t("price.inLong")} value={price(model, "input")} />
        {isOnePrice ? null : <Price label={t("price.outLong")} value={price(model, "output")} />}
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {isFree(model) ? t("price.freeText") : unit(model)}
      </Text>
      {isPerMillion(model) && !isFree(model) ? <Estimate model={model} isOnePrice={isOnePrice} /> : null}
    </Card>
  );
}

function Price({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <div className={classes.price}>{value}</div>
    </div>
  );
}

function Estimate({ model, isOnePrice }: { model: ModelResponse; isOnePrice: boolean }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const [calls, setCalls] = useState<number | string>(1000);
  const [input, setInput] = useState<number | string>(1500);
  const [output, setOutput] = useState<number | string>(400);
  const perCall =
    Number(input) * (model.input_price_nanos ?? 0) +
    (isOnePrice ? 0 : Number(output) * (model.output_price_nanos ?? 0));
  const total = (Number(calls) * perCall) / TOKENS_PER_PRICE;
  const field = { size: "xs", min: 0, max: FIELD_MAX, hideControls: true, thousandSeparator: "," } as const;
  return (
    <div className={classes.estimate}>
      <Group justify="space-between" align="baseline" mb={8}>
        <Text size="sm" fw={500}>
          {t("estimate.title")}
        </Text>
        <Text size="sm" fw={650} className="yx-number" role="status">
          {format.money(Math.round(total))}
        </Text>
      </Group>
      <Group gap="xs" grow wrap="nowrap" preventGrowOverflow={false}>
        <NumberInput {...field} label={t("estimate.calls")} value={calls} onChange={setCalls} />
        <NumberInput {...field} label={t("estimate.input")} value={input} onChange={setInput} />
        {isOnePrice ? null : (
          <NumberInput {...field} label={t("estimate.output")} value={output} onChange={setOutput} />
        )}
      </Group>
    </div>
  );
}
