import { Alert, Card, MultiSelect, NumberInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback, useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Route as RouteIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RouteExplanation, RouteQuestion } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { operatorModelsQuery } from "@/features/models/queries";
import { useNames } from "@/hooks/use-names";
import { useSearchState } from "@/hooks/use-search-state";
import type { Search } from "@/lib/search";
import { Candidates } from "./candidates";
import { findKeysQuery, routeQuery } from "./queries";
import classes from "./routing.module.css";
import { QueueCard } from "./shared/queue-card";

/** Explains where the next request would go; what is asked is kept in the address. */
export function OperatorRoutingPage() {
  const { t } = useTranslation("routing");
  const [search] = useSearchState();
  const { model } = search;
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Stack gap="md">
        <Card>
          <div className={classes.question}>
            <ModelField />
            <KeyField />
            <SessionField />
            <NeedsField />
            <InputTokensField />
          </div>
        </Card>
        {model === undefined ? (
          <Card padding={0}>
            <EmptyState icon={RouteIcon} title={t("empty")} text={t("emptyText")} />
          </Card>
        ) : (
          <Explained question={questionOf(model, search)} />
        )}
      </Stack>
    </>
  );
}

/** What the address asks for; a number that is none is left out. */
function questionOf(model: string, { key, session, needs, input_tokens }: Search): RouteQuestion {
  const tokens = Number.parseInt(input_tokens ?? "", 10);
  return { model, key, session, needs, input_tokens: Number.isSafeInteger(tokens) ? tokens : undefined };
}

function Explained({ question }: { question: RouteQuestion }) {
  const route = useQuery(routeQuery(question));
  return (
    <Loaded query={route} placeholders={2}>
      {(explained) => (
        <>
          <LiveMark at={route.dataUpdatedAt} isFailing={route.isRefetchError} />
          <Verdict route={explained} />
          <Candidates candidates={explained.candidates} />
          <QueueCard route={explained} />
        </>
      )}
    </Loaded>
  );
}

function Verdict({ route }: { route: RouteExplanation }) {
  const { t } = useTranslation("routing");
  const policy = useNames("routingPolicy");
  const level = useNames("level");
  const first = route.candidates.find((candidate) => candidate.place === 1);
  return (
    <>
      {route.key && !route.key.may_use ? (
        <Alert color="amber" icon={<KeyRound size={18} />}>
          {t("mayNot")}
        </Alert>
      ) : null}
      <div>
        <Title order={2} className="yx-untrusted">
          {first ? t("goesTo", { provider: first.provider }) : t("goesNowhere")}
        </Title>
        <Text size="sm" c="dimmed" mt={4}>
          {route.rule ? t("leadsTo", { virtual: route.rule.virtual_model, model: route.model }) : null}{" "}
          {t("policy", { policy: policy(route.policy) })}{" "}
          {route.key ? t("level", { level: level(route.key.level) }) : null}{" "}
          {route.fallbacks.length > 0 ? t("fallbacks", { models: route.fallbacks.join(", ") }) : null}{" "}
          <AnchorLink to="/operator/models/$" params={{ _splat: route.model }} underline="always" inherit>
            {t("toModel")}
          </AnchorLink>
        </Text>
      </div>
    </>
  );
}

function ModelField() {
  const { t } = useTranslation("routing");
  const [search, setSearch] = useSearchState();
  const models = useQuery(operatorModelsQuery).data ?? [];
  return (
    <Select
      label={t("model")}
      placeholder={t("choose")}
      data={models.map((one) => one.id)}
      value={search.model ?? null}
      onChange={(model) => void setSearch({ model: model ?? undefined })}
      searchable
      required
    />
  );
}

const TYPING_MS = 250;

function KeyField() {
  const { t } = useTranslation("routing");
  const [search, setSearch] = useSearchState();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const chosen =
    useQuery({ ...findKeysQuery(search.key ?? ""), enabled: search.key !== undefined }).data ?? [];
  const found = useQuery(findKeysQuery(asked)).data ?? [];
  const keys = new Map([...chosen, ...found].map((key) => [key.id, key]));
  return (
    <Select
      label={t("key")}
      description={t("keyHelp")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder={t("anyKey")}
      data={[...keys.values()].map((key) => ({ value: key.id, label: `${key.name} · ${key.account_label}` }))}
      value={search.key ?? null}
      onChange={(key) => void setSearch({ key: key ?? undefined })}
      onSearchChange={setText}
      // The server has searched, also by what the label does not say.
      filter={({ options }) => options}
      nothingFoundMessage={t("noKey")}
      searchable
      clearable
    />
  );
}

/** More than any model reads. */
const INPUT_TOKENS_MAX = 100_000_000;

/** The longest name of a session that the server takes (`session` of `GET /admin/routing`). */
const SESSION_CHARS_MAX = 200;

function SessionField() {
  const { t } = useTranslation("routing");
  const [search, setSearch] = useSearchState();
  const inAddress = search.session ?? "";
  const [text, setText] = useState(inAddress);
  useEffect(() => setText(inAddress), [inAddress]);
  const ask = useDebouncedCallback(
    (session: string) => void setSearch({ session: session || undefined }, { replace: true }),
    TYPING_MS,
  );
  return (
    <TextInput
      label={t("session")}
      description={t("sessionHelp")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        ask(event.currentTarget.value.slice(0, SESSION_CHARS_MAX));
      }}
      spellCheck={false}
    />
  );
}

/** The abilities that not every deployment has (`needs` of `GET /admin/routing`). */
const NEEDS = ["vision", "tools", "json_schema"] as const;

function NeedsField() {
  const { t } = useTranslation("routing");
  const [search, setSearch] = useSearchState();
  const chosen = (search.needs ?? "").split(",").filter(isNeed);
  return (
    <MultiSelect
      label={t("needs")}
      description={t("needsHelp")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={NEEDS.map((need) => ({ value: need, label: t(`need.${need}`) }))}
      value={chosen}
      onChange={(needs) => void setSearch({ needs: needs.join(",") || undefined })}
      clearable
    />
  );
}

function isNeed(text: string): text is (typeof NEEDS)[number] {
  return NEEDS.some((need) => need === text);
}

function InputTokensField() {
  const { t } = useTranslation("routing");
  const [search, setSearch] = useSearchState();
  const ask = useDebouncedCallback(
    (tokens: string | number) =>
      void setSearch({ input_tokens: tokens === "" ? undefined : String(tokens) }, { replace: true }),
    TYPING_MS,
  );
  return (
    <NumberInput
      label={t("inputTokens")}
      description={t("inputTokensHelp")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      defaultValue={search.input_tokens}
      onChange={ask}
      min={0}
      max={INPUT_TOKENS_MAX}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator
      hideControls
    />
  );
}
