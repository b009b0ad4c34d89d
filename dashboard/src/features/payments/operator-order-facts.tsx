import { Alert, Card } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OrderRow } from "@/api/types";
import { Fact, Facts } from "@/components/facts";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { OrderFacts } from "./shared/order-facts";

/** An order as operators see it: also by what its provider knows it, and what did not come back. */
export function OperatorOrderFacts({ order }: { order: OrderRow }) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  return (
    <Card padding="md">
      <OrderFacts order={order} />
      <Facts look="dense">
        <Fact label={t("reference")} className="yx-untrusted">
          <span className={textClasses.mono}>{order.payment_ref ?? t("noReference")}</span>
        </Fact>
      </Facts>
      {order.shortfall_nanos > 0 ? (
        <Alert color="amber" icon={<TriangleAlert size={18} />} mt="sm">
          {t("operator.shortfall", { amount: format.money(order.shortfall_nanos) })}
        </Alert>
      ) : null}
    </Card>
  );
}
