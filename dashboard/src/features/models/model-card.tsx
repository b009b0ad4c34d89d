import { Badge, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ModelResponse } from "@/api/types";
import { MakerMark } from "@/components/maker-mark";
import { useFormat } from "@/hooks/use-format";
import { Capabilities } from "./capabilities";
import { ModelLink } from "./model-link";
import { Availability, useModelWords, usePrice, usePriceUnit } from "./model-parts";
import classes from "./models.module.css";
import { hasOnePrice, isChat, isPerMillion } from "./shared/catalogue";

export function ModelCard({
  model,
  accountId,
  accountTier,
}: {
  model: ModelResponse;
  accountId: string;
  accountTier: string;
}) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const price = usePrice();
  const unit = usePriceUnit();
  const words = useModelWords();
  const isOnePrice = hasOnePrice(model);
  return (
    <article className={classes.card}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <MakerMark name={model.owned_by} />
        <div className={classes.name}>
          <ModelLink accountId={accountId} modelId={model.id} className={classes.cardLink}>
            <span className={`yx-untrusted ${classes.clamp}`}>{model.display_name}</span>
          </ModelLink>
          <span className={classes.id} title={model.id}>
            {model.id}
          </span>
        </div>
      </Group>
      <dl className={classes.figures} title={isPerMillion(model) ? undefined : unit(model)}>
        <div>
          <dt>{isOnePrice ? t("price.price") : t("price.in")}</dt>
          <dd>{price(model, "input")}</dd>
        </div>
        {isOnePrice ? null : (
          <div>
            <dt>{t("price.out")}</dt>
            <dd>{price(model, "output")}</dd>
          </div>
        )}
        <div>
          <dt>{t("context")}</dt>
          <dd>{format.compact(model.context_length)}</dd>
        </div>
      </dl>
      <div className={classes.foot}>
        <div className={classes.above}>
          {isChat(model) ? (
            <Capabilities names={model.capabilities} />
          ) : (
            <Badge color="gray">{words.type(model.model_type)}</Badge>
          )}
        </div>
        <div className={classes.above}>
          <Availability model={model} accountTier={accountTier} />
        </div>
      </div>
    </article>
  );
}
