import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PaymentAmount, PaymentProvider } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import classes from "./payments.module.css";

interface AmountButtonsProps {
  amounts: PaymentAmount[];
  provider: PaymentProvider;
  chosenNanos: number | null;
  onChoose: (nanos: number) => void;
}

/** The amounts that the operator offers, with what each costs. */
export function AmountButtons({ amounts, provider, chosenNanos, onChoose }: AmountButtonsProps) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  if (amounts.length === 0) return null;
  return (
    <fieldset className={classes.amounts} aria-label={t("amounts")}>
      {amounts.map((amount) => (
        <UnstyledButton
          key={amount.credits_nanos}
          className={classes.amount}
          aria-pressed={amount.credits_nanos === chosenNanos}
          onClick={() => onChoose(amount.credits_nanos)}
        >
          <strong>{format.money(amount.credits_nanos)}</strong>
          <span>{format.currency(amount.amount_minor, provider)}</span>
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
