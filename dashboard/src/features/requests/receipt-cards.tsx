import { Card, Code, Group, Progress, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AttemptCause, RequestReceiptResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { AnchorLink } from "@/components/links/anchor-link";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { NO_VALUE } from "@/lib/format";
import { chargeParts } from "./charge";
import { useMeterWord } from "./meter-word";
import classes from "./receipt.module.css";
import { attemptOutcome, attemptTone } from "./shared/outcome";

interface RouteCardProps {
  receipt: RequestReceiptResponse;
  /** What the upstream said, attempt by attempt: for operators. */
  causes?: (AttemptCause | null)[];
  /** The labels of the credentials, likewise. */
  credentials?: (string | null)[];
}

/** Whom we asked, in order, and what came of it. */
export function RouteCard({ receipt, causes, credentials }: RouteCardProps) {
  const { t } = useTranslation("requests");
  const format = useFormat();
  return (
    <Card>
      <Title order={2} mb="xs">
        {t("route.title")}
      </Title>
      {receipt.attempts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {receipt.provider
            ? t("route.single", { provider: receipt.provider, model: receipt.upstream_model ?? "" })
            : t("route.none")}
        </Text>
      ) : (
        <ol className={classes.route}>
          {receipt.attempts.map((attempt, index) => {
            const known = attemptOutcome(attempt.outcome);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no identity but their order
              <li key={index}>
                <span className={classes.step} data-tone={attemptTone(attempt.outcome)} aria-hidden>
                  {index + 1}
                </span>
                <div className={classes.stepText}>
                  <Group gap="xs">
                    <Text fw={600} size="sm" className="yx-untrusted">
                      {attempt.provider}
                    </Text>
                    <StatusBadge tone={attemptTone(attempt.outcome)}>
                      {known ? t(`attempt.${known}`) : attempt.outcome}
                    </StatusBadge>
                  </Group>
                  <Text size="xs" c="dimmed" className="yx-untrusted" mt={2}>
                    {[attempt.upstream_model, credentials?.[index]].filter(Boolean).join(" · ")}
                  </Text>
                  {known && known !== "responded" ? (
                    <Text size="xs" mt={2}>
                      {t(`attemptText.${known}`)}
                    </Text>
                  ) : null}
                  <CauseNote cause={causes?.[index] ?? null} />
                </div>
                <Text size="xs" c="dimmed" className={classes.stepTime}>
                  {t("route.after", { time: format.duration(attempt.began_after_ms) })}
                  <br />
                  {t("route.took", { time: format.duration(attempt.duration_ms) })}
                </Text>
              </li>
            );
          })}
        </ol>
      )}
    </Card>
  );
}

/** What the upstream said of a failure. */
export function CauseNote({ cause }: { cause: AttemptCause | null }) {
  const { t } = useTranslation("requests");
  if (cause === null) return null;
  const facts = [cause.status === null ? null : `HTTP ${cause.status}`, cause.code].filter(Boolean);
  return (
    <div className={classes.cause}>
      <Text size="sm" className="yx-untrusted">
        {facts.length > 0 ? <Code mr={6}>{facts.join(" · ")}</Code> : null}
        {cause.message}
      </Text>
      {cause.upstream_request_id ? (
        <Group gap={2} wrap="nowrap">
          <Text size="xs" c="dimmed" className="yx-untrusted">
            {t("cause.requestId", { id: cause.upstream_request_id })}
          </Text>
          <CopyButton value={cause.upstream_request_id} label={t("cause.copyRequestId")} />
        </Group>
      ) : null}
    </div>
  );
}

/** The charge, and the sum behind it. */
export function ChargeCard({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const meterWord = useMeterWord();
  const parts = chargeParts(receipt);
  return (
    <Card>
      <Group justify="space-between" align="baseline">
        <Title order={2}>{t("charge.title")}</Title>
        <Text fw={650} fz="1.375rem" className="yx-number">
          {format.exactMoney(receipt.charge_nanos)}
        </Text>
      </Group>
      {parts ? (
        <dl className={classes.sum}>
          {parts.parts.map((part) => (
            <SumLine
              key={part.meter}
              label={t(part.isPerMillion ? "charge.perMillion" : "charge.each", {
                meter: meterWord(part.meter),
                amount: format.number(part.amount),
                price: format.money(part.priceNanos),
              })}
              value={format.exactMoney(Math.round(part.nanos))}
            />
          ))}
          {parts.adjustmentNanos === null ? null : (
            <SumLine
              label={
                parts.factor === null
                  ? t("charge.adjustment")
                  : t("charge.factor", { factor: format.percent(parts.factor) })
              }
              value={format.exactMoney(Math.round(parts.adjustmentNanos))}
            />
          )}
        </dl>
      ) : (
        <Text size="sm" c="dimmed" mt="xs">
          {t(chargeNote(receipt))}
        </Text>
      )}
    </Card>
  );
}

function chargeNote(receipt: RequestReceiptResponse) {
  if (receipt.end_reason === "refused" || receipt.end_reason === "failed") return "charge.unanswered";
  return receipt.environment === "test" ? "charge.test" : "charge.none";
}

function SumLine({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Where the limit stood when this request came in. */
export function LimitCard({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const limit = receipt.limit;
  const used = limit?.limit ? Math.min(100, (limit.used / limit.limit) * 100) : 0;
  return (
    <Card>
      <Title order={2} mb="xs">
        {t("limit.title")}
      </Title>
      {limit === null ? (
        <Text size="sm" c="dimmed">
          {t("limit.unknown")}
        </Text>
      ) : limit.limit === null ? (
        <Text size="sm">{t("limit.unlimited", { used: format.number(limit.used) })}</Text>
      ) : (
        <>
          <Text size="sm" mb={8}>
            {t("limit.used", { used: format.number(limit.used), limit: format.number(limit.limit) })}
          </Text>
          <Progress
            value={used}
            color={used >= 100 ? "red" : used >= 80 ? "amber" : "qing"}
            aria-label={t("limit.title")}
          />
          <Text size="xs" c="dimmed" mt={8}>
            {t("limit.resets", { time: format.date(limit.resets_at, "timeSeconds") })}
          </Text>
        </>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {receipt.is_admitted ? t("limit.admitted") : t("limit.notAdmitted")}
      </Text>
    </Card>
  );
}

const PRIORITIES = [1, 2, 3, 4] as const;

/** Who called, from where, with what. */
export function FactsCard({
  receipt,
  accountId,
  keyName,
}: {
  receipt: RequestReceiptResponse;
  /** `null` for operators, who are no members of it. */
  accountId: string | null;
  keyName: string | undefined;
}) {
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const format = useFormat();
  const operationName = useNames("operation");
  const priority = PRIORITIES.find((one) => one === receipt.priority);
  return (
    <Card>
      <Title order={2} mb="xs">
        {t("facts.title")}
      </Title>
      <Facts look="lines">
        <Fact className="yx-untrusted" label={t("facts.id")}>
          <Group gap={2} wrap="nowrap" justify="flex-end">
            <Code className="yx-untrusted">{receipt.id}</Code>
            <CopyButton value={receipt.id} label={t("facts.copyId")} />
          </Group>
        </Fact>
        <Fact
          className="yx-untrusted"
          label={t("facts.at")}
        >{`${format.date(receipt.at, "date")}, ${format.date(receipt.at, "timeMs")}`}</Fact>
        <Fact className="yx-untrusted" label={t("facts.model")}>
          {receipt.model && accountId !== null ? (
            <AnchorLink to="/a/$accountId/models/$" params={{ accountId, _splat: receipt.model }} inherit>
              {receipt.model}
            </AnchorLink>
          ) : (
            receipt.model || receipt.requested_model || NO_VALUE
          )}
        </Fact>
        {receipt.model && receipt.requested_model ? (
          <Fact className="yx-untrusted" label={t("facts.requestedModel")}>
            {receipt.requested_model}
          </Fact>
        ) : null}
        <Fact className="yx-untrusted" label={t("facts.endpoint")}>
          {operationName(receipt.endpoint)}
          {receipt.is_streamed ? ` · ${t("streamed")}` : ""}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.key")}>
          {accountId === null ? (
            (keyName ?? receipt.api_key_id)
          ) : (
            <AnchorLink
              to="/a/$accountId/api-keys/$apiKeyId"
              params={{ accountId, apiKeyId: receipt.api_key_id }}
              inherit
            >
              {keyName ?? receipt.api_key_id}
            </AnchorLink>
          )}
          {` · ${common(`environment.${receipt.environment}`)}`}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.priority")}>
          {priority ? t(`priority.${priority}`) : format.number(receipt.priority)}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.address")}>
          {receipt.address ?? NO_VALUE}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.agent")}>
          {receipt.agent ?? NO_VALUE}
        </Fact>
        {receipt.held_nanos !== null ? (
          <Fact className="yx-untrusted" label={t("facts.held")}>
            {format.money(receipt.held_nanos)}
          </Fact>
        ) : null}
        {receipt.dropped_params.length > 0 ? (
          <Fact className="yx-untrusted" label={t("facts.droppedParams")}>
            {receipt.dropped_params.join(", ")}
          </Fact>
        ) : null}
      </Facts>
    </Card>
  );
}
