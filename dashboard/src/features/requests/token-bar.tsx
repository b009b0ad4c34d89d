import { Card, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RequestReceiptResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import classes from "./receipt.module.css";

/** The tokens by class as one bar with its legend, and who counted them. */
export function TokenCard({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const cached = Math.min(receipt.cached_tokens, receipt.input_tokens);
  const reasoning = Math.min(receipt.reasoning_tokens, receipt.output_tokens);
  const parts = [
    { id: "input", value: receipt.input_tokens - cached, color: "var(--yx-series-1)" },
    { id: "cached", value: cached, color: "var(--yx-series-7)" },
    { id: "reasoning", value: reasoning, color: "var(--yx-series-4)" },
    { id: "output", value: receipt.output_tokens - reasoning, color: "var(--yx-series-2)" },
  ] as const;
  const total = receipt.input_tokens + receipt.output_tokens;
  const countedBy =
    receipt.counted_by === "upstream" || receipt.counted_by === "estimate" ? receipt.counted_by : "none";
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t("tokens.title")}</Title>
        <Text size="sm" c="dimmed" className="yx-number">
          {t("tokens.total", { total: format.number(total) })}
        </Text>
      </Group>
      {total > 0 ? (
        <div className={classes.tokenBar} aria-hidden>
          {parts.map((part) =>
            part.value > 0 ? (
              <span key={part.id} style={{ flexGrow: part.value, background: part.color }} />
            ) : null,
          )}
        </div>
      ) : null}
      <dl className={classes.tokenList}>
        {parts.map((part) =>
          part.value > 0 || part.id === "input" || part.id === "output" ? (
            <div key={part.id}>
              <dt>
                <span className={classes.swatch} style={{ background: part.color }} aria-hidden />
                {t(`tokens.${part.id}`)}
              </dt>
              <dd>{format.number(part.value)}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <Text size="xs" c="dimmed" mt="sm">
        {t(`counted.${countedBy}`)}
      </Text>
    </Card>
  );
}
