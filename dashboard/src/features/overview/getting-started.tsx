import { Button, Card, CloseButton, Group, Loader, Progress, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { ArrowRight, Check, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RequestResponse } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { ButtonLink } from "@/components/links/button-link";
import { exampleModel } from "@/features/api-keys/shared/example-model";
import { type KeyDialog, KeyDialogs } from "@/features/api-keys/shared/key-dialogs";
import { useModels } from "@/features/models/queries";
import { useFormat } from "@/hooks/use-format";
import { firstCall } from "@/lib/code-samples";
import { CHAT } from "@/lib/operations";
import { firstSteps, STEPS, type Step } from "./first-steps";
import classes from "./getting-started.module.css";
import { useLatestRequest, useNewestKeys } from "./queries";

interface GettingStartedProps {
  accountId: string;
  canWrite: boolean;
}

/** From nothing to a request that one can look at; each step ticks itself off, and the card goes when all are done. */
export function GettingStarted({ accountId, canWrite }: GettingStartedProps) {
  const { t } = useTranslation("overview");
  const [memory, setMemory] = useLocalStorage<{ isHidden?: boolean; hasSeen?: boolean }>({
    key: `yunxin-start-${accountId}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const isHidden = memory.isHidden === true;
  const keys = useNewestKeys(accountId, !isHidden);
  const latest = useLatestRequest(accountId, !isHidden);
  const [dialog, setDialog] = useState<KeyDialog | null>(null);
  const steps = firstSteps({
    keys: keys.data?.data,
    hasSuccess: latest.data != null,
    hasSeen: memory.hasSeen === true,
    now: Date.now(),
  });
  const isShown = steps !== null && !isHidden && steps.done.size < STEPS.length;

  return (
    <>
      {isShown ? (
        <Card padding="lg">
          <Group justify="space-between" align="center" wrap="nowrap" mb="md">
            <div>
              <Title order={2} size="h2">
                {t("start.title")}
              </Title>
              <Text size="sm" c="dimmed">
                {t("start.progress", { done: steps.done.size, all: STEPS.length })}
              </Text>
            </div>
            <CloseButton
              aria-label={t("start.hide")}
              onClick={() => setMemory({ ...memory, isHidden: true })}
            />
          </Group>
          <Progress
            value={(steps.done.size / STEPS.length) * 100}
            size={4}
            mb="lg"
            aria-label={t("start.progress", { done: steps.done.size, all: STEPS.length })}
          />
          <ol className={classes.steps}>
            <StepItem step="key" {...steps} text={canWrite ? t("start.key.text") : t("start.key.viewer")}>
              {canWrite && steps.next === "key" ? (
                <Button leftSection={<Plus size={16} />} onClick={() => setDialog({ kind: "create" })}>
                  {t("start.key.action")}
                </Button>
              ) : null}
            </StepItem>
            <StepItem step="call" {...steps} text={t("start.call.text")}>
              {steps.done.has("call") ? null : (
                <CallSamples accountId={accountId} isWaiting={steps.next === "call"} />
              )}
            </StepItem>
            <StepItem step="see" {...steps} text={latest.data ? t("start.see.text") : t("start.see.later")}>
              {latest.data ? (
                <FirstRequest
                  accountId={accountId}
                  request={latest.data}
                  onSeen={() => setMemory({ ...memory, hasSeen: true })}
                />
              ) : null}
            </StepItem>
          </ol>
        </Card>
      ) : null}
      {/* Outside of the card: it may go while a new secret is still on the screen. */}
      <KeyDialogs accountId={accountId} dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

function StepItem({
  step,
  done,
  next,
  text,
  children,
}: {
  step: Step;
  done: Set<Step>;
  next: Step | null;
  text: string;
  children: ReactNode;
}) {
  const { t } = useTranslation("overview");
  const isDone = done.has(step);
  return (
    <li
      className={classes.step}
      data-done={isDone || undefined}
      aria-current={next === step ? "step" : undefined}
    >
      <span className={classes.mark}>
        {isDone ? <Check size={15} strokeWidth={2.6} aria-hidden /> : STEPS.indexOf(step) + 1}
      </span>
      <div className={classes.body}>
        <Text fw={600}>
          {t(`start.${step}.title`)}
          <span className="yx-visually-hidden">: {isDone ? t("start.done") : t("start.open")}</span>
        </Text>
        {isDone && step !== "see" ? null : (
          <Text size="sm" c="dimmed" mb={children ? "sm" : 0}>
            {text}
          </Text>
        )}
        {children}
      </div>
    </li>
  );
}

function CallSamples({ accountId, isWaiting }: { accountId: string; isWaiting: boolean }) {
  const { t } = useTranslation("overview");
  const models = useModels(accountId);
  const model = exampleModel(models.data);
  return (
    <>
      <CodeBlock samples={firstCall(CHAT, model ?? "MODEL_ID")} label={t("start.call.samples")} />
      {models.data && model === null ? (
        <Text size="xs" c="dimmed" mt={6}>
          {t("start.call.noModel")}
        </Text>
      ) : null}
      {isWaiting ? (
        <Group gap="xs" mt="sm" role="status">
          <Loader size={14} />
          <Text size="sm" c="dimmed">
            {t("start.call.waiting")}
          </Text>
        </Group>
      ) : null}
    </>
  );
}

function FirstRequest({
  accountId,
  request,
  onSeen,
}: {
  accountId: string;
  request: RequestResponse;
  onSeen: () => void;
}) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const tokens = request.input_tokens + request.output_tokens;
  return (
    <div className={classes.request}>
      <span className={classes.facts}>
        <strong>{request.status}</strong>
        <span className="yx-untrusted">{request.model}</span>
        <span>{format.duration(request.duration_ms)}</span>
        <span>{t("start.see.tokens", { tokens: format.number(tokens) })}</span>
        <span>{format.money(request.charge_nanos)}</span>
      </span>
      <ButtonLink
        to="/a/$accountId/requests/$requestId"
        params={{ accountId, requestId: request.id }}
        onClick={onSeen}
        rightSection={<ArrowRight size={15} />}
      >
        {t("start.see.action")}
      </ButtonLink>
    </div>
  );
}
