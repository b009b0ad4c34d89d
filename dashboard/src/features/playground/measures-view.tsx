import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ModelResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { AnchorLink } from "@/components/links/anchor-link";
import { useFormat } from "@/hooks/use-format";
import type { AssistantTurn } from "./conversation";
import { costOf, speedOf } from "./cost";
import classes from "./playground.module.css";
import type { Playground } from "./use-playground";

/** What the answer took: tokens, times, money, and where its receipt is. */
export function MeasuresView({
  turn,
  playground,
  model,
}: {
  turn: AssistantTurn;
  playground: Playground;
  model: ModelResponse | undefined;
}) {
  const { t } = useTranslation("playground");
  const format = useFormat();
  const { measures } = turn;
  const { usage, requestId } = measures;
  const speed = speedOf(measures);
  const key = playground.usableKeys?.find((one) => one.id === measures.apiKeyId);
  const cost = key?.environment === "test" ? 0 : costOf(measures, model, playground.priceFactorPercent);
  const facts = [
    usage && {
      id: "tokens",
      label: t("measures.tokens"),
      text: `${format.number(usage.input)} → ${format.number(usage.output)}`,
      note: t("measures.tokensNote", {
        input: format.number(usage.input),
        output: format.number(usage.output),
        cached: format.number(usage.cached),
        reasoning: format.number(usage.reasoning),
      }),
    },
    measures.firstTokenMs !== null && {
      id: "first",
      label: t("measures.first"),
      text: format.duration(measures.firstTokenMs),
    },
    speed !== null && {
      id: "speed",
      label: t("measures.speed"),
      text: t("measures.perSecond", { value: format.compact(speed) }),
    },
    measures.durationMs !== null && {
      id: "whole",
      label: t("measures.duration"),
      text: format.duration(measures.durationMs),
    },
    cost !== null && {
      id: "cost",
      label: t("measures.cost"),
      text: format.money(cost),
    },
  ].filter((fact): fact is Exclude<typeof fact, null | false> => Boolean(fact));
  if (facts.length === 0 && requestId === null) return <span />;
  return (
    <div className={classes.measures}>
      <dl>
        {facts.map((fact) => (
          <div key={fact.id} title={"note" in fact ? fact.note : undefined}>
            <dt>{fact.label}</dt>
            <dd>{fact.text}</dd>
          </div>
        ))}
      </dl>
      {requestId === null ? null : (
        <span className={classes.receipt}>
          <AnchorLink
            to="/a/$accountId/requests/$requestId"
            params={{ accountId: playground.account.id, requestId }}
            size="xs"
          >
            {t("measures.receipt")}
          </AnchorLink>
          <Text component="code" size="xs" c="dimmed" ff="monospace" className="yx-untrusted">
            {requestId}
          </Text>
          <CopyButton value={requestId} label={t("measures.copyId")} />
        </span>
      )}
    </div>
  );
}
