import { Group, Skeleton, Text } from "@mantine/core";
import { Ban, CircleCheck, CircleX, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RequestReceiptResponse } from "@/api/types";
import { OutcomeBadge, useOutcomeText } from "./outcome-badge";
import classes from "./receipt.module.css";
import { endTone, explainedCode } from "./shared/outcome";

export function ReceiptHeading({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  return (
    <Group gap="sm" component="span">
      <span>{receipt.model || receipt.requested_model || t("receipt.title")}</span>
      <Text component="span" fz="md" fw={400}>
        <OutcomeBadge outcome={receipt} />
      </Text>
    </Group>
  );
}

const VERDICT_ICONS = { ok: CircleCheck, bad: CircleX, warn: Ban, neutral: CircleX, info: CircleCheck };

/** How it ended and, where something can be done, what. */
export function Verdict({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const words = useOutcomeText();
  const tone = endTone(receipt.end_reason);
  const code = explainedCode(receipt.error_code);
  const Icon = receipt.end_reason === "client_closed" ? Unplug : VERDICT_ICONS[tone];
  return (
    <section className={classes.verdict} data-tone={tone} aria-label={t("receipt.verdict")}>
      <Icon size={19} className={classes.verdictIcon} aria-hidden />
      <div>
        <Text fw={600}>
          {words.label(receipt)}
          {receipt.error_code ? (
            <Text component="code" ml={8} fz="sm" c="dimmed" ff="monospace" className="yx-untrusted">
              {receipt.error_code}
            </Text>
          ) : null}
        </Text>
        <Text size="sm" c="dimmed" mt={2} maw={720}>
          {words.text(receipt) || t("receipt.unexplained", { reason: receipt.end_reason })}
        </Text>
        {receipt.error ? (
          <Text size="sm" mt={4} maw={720} className="yx-untrusted">
            {receipt.error.param ? t("receipt.said", { param: receipt.error.param }) : t("receipt.saidPlain")}{" "}
            <q>{receipt.error.message}</q>
          </Text>
        ) : null}
        {code ? (
          <Text size="sm" mt={4} maw={720}>
            {t(`code.${code}.fix`)}
          </Text>
        ) : null}
      </div>
    </section>
  );
}

export function ReceiptSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("loading")}>
      <Skeleton height={78} radius="lg" mb="md" />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Skeleton height={210} radius="lg" />
          <Skeleton height={150} radius="lg" />
          <Skeleton height={160} radius="lg" />
        </div>
        <div className={classes.column}>
          <Skeleton height={130} radius="lg" />
          <Skeleton height={130} radius="lg" />
          <Skeleton height={280} radius="lg" />
        </div>
      </div>
    </div>
  );
}
