import { Checkbox, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ProviderModel } from "@/api/types";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import classes from "./connect.module.css";
import { type Draft, isWrong, PRICED, type PricedMeter, shownPrice } from "./draft";

interface ModelRowProps {
  model: ProviderModel;
  draft: Draft;
  /** The catalogue has a model of that name: it gets another deployment, and keeps its prices. */
  isKnown: boolean;
  onToggle: () => void;
  onPrice: (meter: PricedMeter, text: string) => void;
}

export function ModelRow({ model, draft, isKnown, onToggle, onPrice }: ModelRowProps) {
  const { t } = useTranslation("providers");
  const isChosen = draft.chosen.includes(model.id);
  return (
    <li className={classes.model} data-chosen={isChosen || undefined}>
      <div className={classes.modelTop}>
        <Checkbox
          checked={isChosen}
          disabled={model.deployments > 0}
          onChange={onToggle}
          label={<span className="yx-untrusted">{model.id}</span>}
          classNames={{ label: classes.modelName }}
        />
        <Facts model={model} />
        <Cost model={model} />
      </div>
      {isChosen ? (
        isKnown ? (
          <Text size="xs" c="dimmed">
            {t("connect.known")}
          </Text>
        ) : (
          <div className={classes.prices}>
            {PRICED.map((meter) => (
              <TextInput
                key={meter}
                size="xs"
                label={t(`connect.price.${meter}`)}
                aria-label={t("connect.priceOf", { meter: t(`connect.price.${meter}`), model: model.id })}
                leftSection="$"
                inputMode="decimal"
                maxLength={17}
                placeholder={meter === "cache_read" ? t("connect.asInput") : t("connect.unknown")}
                value={shownPrice(draft, model, meter)}
                error={isWrong(shownPrice(draft, model, meter)) ? t("connect.priceWrong") : null}
                onChange={(event) => onPrice(meter, event.currentTarget.value)}
              />
            ))}
          </div>
        )
      ) : null}
    </li>
  );
}

function Facts({ model }: { model: ProviderModel }) {
  const { t } = useTranslation("providers");
  const format = useFormat();
  const capability = useNames("capability");
  const type = useNames("modelType");
  const facts = [
    model.model_type && model.model_type !== "chat" ? type(model.model_type) : null,
    model.context_length ? t("connect.context", { tokens: format.compact(model.context_length) }) : null,
    ...model.capabilities
      .filter((one) => one !== "chat" && one !== "streaming")
      .map((one) => capability(one)),
  ].filter((one) => one !== null);
  return (
    <span className={textClasses.sub}>{facts.length > 0 ? facts.join(" · ") : t("connect.noFacts")}</span>
  );
}

/** What the provider takes, or that nobody knows it. */
function Cost({ model }: { model: ProviderModel }) {
  const { t } = useTranslation("providers");
  if (model.deployments > 0) return <StatusBadge tone="info">{t("connect.served")}</StatusBadge>;
  const { input, cache_read, output } = model.cost;
  if (!input || !output) return <StatusBadge tone="neutral">{t("connect.priceUnknown")}</StatusBadge>;
  return (
    <span className={classes.cost} title={t("connect.costTitle")}>
      ${input} / ${output}
      {cache_read ? (
        <Text span size="xs" c="dimmed">
          {" "}
          {t("connect.cached", { price: `$${cache_read}` })}
        </Text>
      ) : null}
      {model.is_long_context_dearer ? (
        <Text span size="xs" c="dimmed" display="block">
          {t("connect.longDearer")}
        </Text>
      ) : null}
    </span>
  );
}
