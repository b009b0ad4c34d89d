import { Alert, Badge, Card, Code, Group, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Activity, CloudOff, FlaskConical, LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type CurrentAccount, useAccount } from "@/api/session";
import type { ModelResponse } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { CopyButton } from "@/components/copy-button";
import { ErrorState } from "@/components/error-state";
import { Fact, Facts } from "@/components/facts";
import { ButtonLink } from "@/components/links/button-link";
import { ParentLink } from "@/components/links/parent-link";
import { MakerMark } from "@/components/maker-mark";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { firstCall } from "@/lib/code-samples";
import { NO_VALUE } from "@/lib/format";
import { operationFor } from "@/lib/operations";
import { Capabilities } from "./capabilities";
import { Availability, TierBadge, useModelWords } from "./model-parts";
import classes from "./models.module.css";
import { PriceCard } from "./price-card";
import { modelQuery } from "./queries";
import { isChat } from "./shared/catalogue";

export function ModelPage() {
  const { t } = useTranslation("models");
  const { t: common } = useTranslation();
  const account = useAccount();
  const { _splat: modelId = "" } = useParams({ strict: false });
  const model = useQuery(modelQuery(account.id, modelId));
  const shown = model.data;
  return (
    <>
      <PageHeader
        title={shown?.display_name ?? modelId}
        heading={shown ? <Heading model={shown} account={account} /> : undefined}
        description={shown ? <ModelId id={shown.id} /> : undefined}
        parent={
          <ParentLink to="/a/$accountId/models" params={{ accountId: account.id }}>
            {t("title")}
          </ParentLink>
        }
        actions={shown ? <Actions model={shown} account={account} /> : undefined}
      />
      {model.isPending ? (
        <div role="status" aria-label={common("loading")} className={classes.columns}>
          <Skeleton height={320} radius="lg" />
          <Skeleton height={320} radius="lg" />
        </div>
      ) : shown ? (
        <Body model={shown} account={account} />
      ) : (
        <ErrorState error={model.error} onRetry={() => void model.refetch()} />
      )}
    </>
  );
}

function Heading({ model, account }: { model: ModelResponse; account: CurrentAccount }) {
  return (
    <Group gap="sm" component="span">
      <MakerMark name={model.owned_by} />
      <span className="yx-untrusted">{model.display_name}</span>
      <Text component="span" fz="md" fw={400}>
        <Availability model={model} accountTier={account.tier} />
      </Text>
    </Group>
  );
}

function ModelId({ id }: { id: string }) {
  const { t } = useTranslation("models");
  return (
    <Group gap={4} component="span" wrap="nowrap">
      <Code className="yx-untrusted">{id}</Code>
      <CopyButton value={id} label={t("copyId")} />
    </Group>
  );
}

function Actions({ model, account }: { model: ModelResponse; account: CurrentAccount }) {
  const { t } = useTranslation("models");
  return (
    <>
      <ButtonLink
        to="/a/$accountId/requests"
        params={{ accountId: account.id }}
        search={{ model: model.id }}
        variant="default"
        leftSection={<Activity size={15} />}
      >
        {t("requests")}
      </ButtonLink>
      {isChat(model) && model.is_available && account.can("member") ? (
        <ButtonLink
          to="/a/$accountId/playground"
          params={{ accountId: account.id }}
          search={{ model: model.id }}
          leftSection={<FlaskConical size={15} />}
        >
          {t("try")}
        </ButtonLink>
      ) : null}
    </>
  );
}

function Body({ model, account }: { model: ModelResponse; account: CurrentAccount }) {
  const { t } = useTranslation("models");
  const operation = operationFor(model.model_type);
  const samples = operation && firstCall(operation, model.id);
  return (
    <>
      {model.is_available ? null : <Unavailable model={model} accountTier={account.tier} />}
      {model.is_available && model.is_failing ? (
        <Alert color="red" mb="md" icon={<CloudOff size={18} />} title={t("available.failing")}>
          {t("available.failingText")}
        </Alert>
      ) : null}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Card>
            <Title order={2} mb="sm">
              {t("capabilities")}
            </Title>
            {model.capabilities.length > 0 ? (
              <Capabilities names={model.capabilities} isFull />
            ) : (
              <Text size="sm" c="dimmed">
                {t("noCapabilities")}
              </Text>
            )}
          </Card>
          <Card>
            <Title order={2}>{t("samples.title")}</Title>
            <Text size="sm" c="dimmed" mb="md" mt={4}>
              {samples ? t("samples.text") : t("samples.none")}
            </Text>
            {samples ? <CodeBlock samples={samples} label={t("samples.title")} /> : null}
          </Card>
        </div>
        <div className={classes.column}>
          <PriceCard model={model} />
          <ModelFacts model={model} path={operation?.path ?? null} />
        </div>
      </div>
    </>
  );
}

function Unavailable({ model, accountTier }: { model: ModelResponse; accountTier: string }) {
  const { t } = useTranslation("models");
  const words = useModelWords();
  const isTier = model.unavailable_reason === "tier";
  return (
    <Alert
      color="amber"
      mb="md"
      icon={isTier ? <LockKeyhole size={18} /> : <CloudOff size={18} />}
      title={isTier ? t("available.tier", { tier: words.tier(model.min_tier) }) : t("available.noDeployment")}
    >
      {isTier
        ? t("available.tierText", { needed: words.tier(model.min_tier), mine: words.tier(accountTier) })
        : t("available.noDeploymentText")}
    </Alert>
  );
}

function ModelFacts({ model, path }: { model: ModelResponse; path: string | null }) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const words = useModelWords();
  const tokens = (value: number | null) =>
    value === null ? NO_VALUE : t("tokens", { tokens: format.number(value) });
  return (
    <Card>
      <Title order={2} mb="xs">
        {t("facts.title")}
      </Title>
      <Facts look="lines">
        <Fact className="yx-untrusted" label={t("facts.type")}>
          {words.type(model.model_type)}
        </Fact>
        {model.is_available ? (
          <Fact label={t("facts.health")}>
            <StatusBadge tone={model.is_failing ? "bad" : "ok"}>
              {t(model.is_failing ? "available.failing" : "facts.healthOk")}
            </StatusBadge>
          </Fact>
        ) : null}
        <Fact className="yx-untrusted" label={t("facts.endpoint")}>
          {path ? <Code>{`/v1/${path}`}</Code> : NO_VALUE}
        </Fact>
        <Fact className="yx-untrusted" label={t("context")}>
          {tokens(model.context_length)}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.maxOutput")}>
          {tokens(model.max_output_tokens)}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.tier")}>
          <TierBadge tier={model.min_tier} />
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.maker")}>
          {model.owned_by}
        </Fact>
        <Fact className="yx-untrusted" label={t("facts.providers")}>
          {model.providers.length > 0 ? (
            <Group gap={4} justify="flex-end">
              {model.providers.map((name) => (
                <Badge key={name} color="gray" className="yx-untrusted">
                  {name}
                </Badge>
              ))}
            </Group>
          ) : (
            NO_VALUE
          )}
        </Fact>
        {model.aliases && model.aliases.length > 0 ? (
          <Fact className="yx-untrusted" label={t("facts.aliases")}>
            <Group gap={4} justify="flex-end">
              {model.aliases.map((alias) => (
                <Code key={alias} className="yx-untrusted">
                  {alias}
                </Code>
              ))}
            </Group>
          </Fact>
        ) : null}
        {model.serves_test_keys === undefined ? null : (
          <Fact className="yx-untrusted" label={t("facts.testKeys")}>
            {model.serves_test_keys ? t("facts.testKeysYes") : t("facts.testKeysNo")}
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
