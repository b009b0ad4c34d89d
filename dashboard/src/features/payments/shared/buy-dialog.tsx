import { NumberInput, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaymentOptions } from "@/api/types";
import { Fact, Facts } from "@/components/facts";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import { useCreateOrder } from "../queries";
import { AmountButtons } from "./amount-buttons";
import { goTo } from "./go-to";
import { MethodChoice, type Way, waysOf } from "./method-choice";
import { type AmountProblem, amountProblem, offered, priceOf } from "./price";

interface BuyDialogProps {
  accountId: string;
  options: PaymentOptions;
  balanceNanos: number;
  isOpen: boolean;
  onClose: () => void;
}

/** Buys credits: how much, by which method, and what that costs. */
export function BuyDialog(props: BuyDialogProps) {
  const { t } = useTranslation("payments");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("buy")} size="md">
      <BuyForm {...props} />
    </FormDialog>
  );
}

function BuyForm({ accountId, options, balanceNanos, onClose }: BuyDialogProps) {
  const { t } = useTranslation("payments");
  const ways = waysOf(options);
  const [way, setWay] = useState<Way | undefined>(ways[0]);
  const [typed, setTyped] = useState<number | string>(() => startOf(way));
  const [wrongAmount, setWrongAmount] = useState<string | null>(null);
  const fields = { setFieldError: (_: string, message: string) => setWrongAmount(message) };
  const { submit, isPending, error } = useSubmit(fields, ["credits"]);
  const [isLeaving, setIsLeaving] = useState(false);
  const create = useCreateOrder(accountId);
  const credits = typed === "" ? null : nanosOf(Number(typed));
  const problem = way
    ? amountProblem(credits, {
        provider: way.provider,
        balanceNanos,
        balanceMaxNanos: options.balance_max_nanos,
      })
    : null;
  const problemText = useProblemText(way, options, problem);
  const format = useFormat();
  if (way === undefined) return null;
  const price = credits === null || problem !== null ? null : priceOf(way.provider, credits);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (problem !== null || isPending || isLeaving) return;
    void submit(
      async () => {
        const { provider, method } = way;
        const order = await create.mutateAsync({ provider: provider.name, method, credits: String(typed) });
        if (order.url !== null) {
          setIsLeaving(true);
          goTo(order.url);
        }
      },
      () => undefined,
    );
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={
        price === null ? t("continue") : t("continueFor", { price: format.currency(price, way.provider) })
      }
      isPending={isPending || isLeaving}
      error={error}
      isDisabled={problem !== null}
    >
      <AmountButtons
        amounts={offered(way.provider)}
        provider={way.provider}
        chosenNanos={credits}
        onChoose={(nanos) => {
          setWrongAmount(null);
          setTyped(nanos / NANOS_PER_DOLLAR);
        }}
      />
      <NumberInput
        label={t("amount")}
        prefix="$"
        min={0}
        decimalScale={2}
        allowNegative={false}
        thousandSeparator=","
        value={typed}
        onChange={(value) => {
          setWrongAmount(null);
          setTyped(value);
        }}
        error={wrongAmount ?? problemText}
      />
      <MethodChoice ways={ways} chosen={way} onChoose={setWay} />
      {price === null || credits === null ? null : (
        <div aria-live="polite">
          <Facts look="lines">
            <Fact label={t("youGet")} isEnd>
              {t("inCredits", { amount: format.money(credits) })}
            </Fact>
            <Fact label={t("balanceThen")} isEnd>
              {format.money(balanceNanos + credits)}
            </Fact>
            <Fact label={t("youPay")} isEnd>
              <strong>{format.currency(price, way.provider)}</strong>
            </Fact>
          </Facts>
        </div>
      )}
      <Text size="xs" c="dimmed">
        {t("continueText", { name: way.provider.label })}
        {options.refund_days > 0 ? ` ${t("refundText", { count: options.refund_days })}` : null}
      </Text>
    </FormBody>
  );
}

const NANOS_PER_DOLLAR = 1_000_000_000;

/** The amount that the form begins with: the first button, else the least that can be bought. */
function startOf(way: Way | undefined): number | string {
  if (way === undefined) return "";
  const nanos = offered(way.provider)[0]?.credits_nanos ?? way.provider.min_credits_nanos;
  return nanos / NANOS_PER_DOLLAR;
}

/** What is wrong with the amount, in words; that nothing is typed yet, the disabled button says. */
function useProblemText(way: Way | undefined, options: PaymentOptions, problem: AmountProblem | null) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  if (way === undefined || problem === null || problem === "missing") return null;
  const bound = {
    few: way.provider.min_credits_nanos,
    many: way.provider.max_credits_nanos,
    balance: options.balance_max_nanos,
  }[problem];
  return t(`problem.${problem}`, { amount: format.money(bound) });
}
