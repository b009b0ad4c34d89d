import { Radio, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PaymentOptions, PaymentProvider } from "@/api/types";
import { useNames } from "@/hooks/use-names";
import classes from "./payments.module.css";

/** One way to pay: a method of a provider. */
export interface Way {
  provider: PaymentProvider;
  method: string;
}

export function waysOf({ providers }: PaymentOptions): Way[] {
  return providers.flatMap((provider) => provider.methods.map((method) => ({ provider, method })));
}

const keyOf = ({ provider, method }: Way) => `${provider.name} ${method}`;

interface MethodChoiceProps {
  ways: Way[];
  chosen: Way;
  onChoose: (way: Way) => void;
}

/** By which method to pay; nothing where there is one only. */
export function MethodChoice({ ways, chosen, onChoose }: MethodChoiceProps) {
  const { t } = useTranslation("payments");
  const methodName = useNames("paymentMethod");
  if (ways.length < 2) return null;
  return (
    <Radio.Group
      label={t("payWith")}
      value={keyOf(chosen)}
      onChange={(key) => onChoose(ways.find((way) => keyOf(way) === key) ?? chosen)}
    >
      <div className={classes.methods}>
        {ways.map((way) => (
          <Radio.Card key={keyOf(way)} value={keyOf(way)} className={classes.method} radius="md">
            <Radio.Indicator />
            <Text span size="sm" fw={500}>
              {methodName(way.method)}
            </Text>
            {way.provider.label === methodName(way.method) ? null : (
              <Text span size="xs" c="dimmed" className="yx-untrusted">
                {way.provider.label}
              </Text>
            )}
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
