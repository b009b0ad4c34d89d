import { Alert, Button, Group, Text } from "@mantine/core";
import { CircleCheck, CircleX, Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse, DeploymentTestResponse } from "@/api/types";
import { FormError } from "@/components/form-error";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useTestDeployment } from "../queries";

interface TestRequestProps {
  deployment: Pick<AdminDeploymentResponse, "id" | "model" | "provider">;
  /** Says which model it is; left out where that is said already. */
  hasName?: boolean;
}

/** Sends a small request by a deployment, and shows what came of it. */
export function TestRequest({ deployment, hasName = false }: TestRequestProps) {
  const { t } = useTranslation("deployments");
  const test = useTestDeployment();
  const name = t("name", { model: deployment.model, provider: deployment.provider });
  return (
    <>
      <Group justify="space-between" gap="xs">
        {hasName ? <span className={`${textClasses.strong} yx-untrusted`}>{deployment.model}</span> : null}
        <Button
          size="xs"
          variant="default"
          leftSection={<Send size={14} />}
          loading={test.isPending}
          onClick={() => test.mutate(deployment.id)}
          aria-label={t("testOf", { name })}
        >
          {t("test")}
        </Button>
      </Group>
      <div role="status">{test.data ? <Outcome outcome={test.data} /> : null}</div>
      <FormError error={test.error} />
    </>
  );
}

function Outcome({ outcome }: { outcome: DeploymentTestResponse }) {
  const { t } = useTranslation("deployments");
  const format = useFormat();
  const time = format.duration(outcome.duration_ms);
  const { input_tokens, output_tokens } = outcome;
  return (
    <Alert
      color={outcome.ok ? "green" : "red"}
      icon={outcome.ok ? <CircleCheck size={18} /> : <CircleX size={18} />}
      title={t(outcome.ok ? "testOk" : "testBad", { time })}
    >
      <span className="yx-untrusted">{outcome.ok ? outcome.reply : outcome.message}</span>
      {input_tokens !== null && input_tokens !== undefined ? (
        <Text size="xs" c="dimmed">
          {t("testTokens", {
            input: format.number(input_tokens),
            output: format.number(output_tokens ?? 0),
          })}
        </Text>
      ) : null}
    </Alert>
  );
}
