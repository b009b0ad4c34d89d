import { Anchor, Group, NumberInput, Select, Stack, Switch, TagsInput, Text, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Parameters, parseSchema, parseTools } from "./conversation";
import type { Playground } from "./use-playground";

const STOPS_MAX = 4;
const TEXT_CHARS_MAX = 200_000;
const EXAMPLE_TOOLS = `[
  {
    "type": "function",
    "function": {
      "name": "get_weather",
      "description": "The weather in a city",
      "parameters": {
        "type": "object",
        "properties": { "city": { "type": "string" } },
        "required": ["city"]
      }
    }
  }
]`;
const EXAMPLE_SCHEMA = `{
  "type": "object",
  "properties": {
    "title": { "type": "string" },
    "tags": { "type": "array", "items": { "type": "string" } }
  },
  "required": ["title", "tags"],
  "additionalProperties": false
}`;
const EFFORTS = ["none", "minimal", "low", "medium", "high"];
const MONO = { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.75rem" } };

export function SettingsPanel({ playground }: { playground: Playground }) {
  const { t } = useTranslation("playground");
  const { store, conversation, model } = playground;
  const { parameters } = conversation;
  const set = (change: Partial<Parameters>) => store.change({ parameters: { ...parameters, ...change } });
  const number = (value: string | number): number | null => (typeof value === "number" ? value : null);
  const field = { size: "xs", placeholder: t("settings.default"), hideControls: true } as const;
  return (
    <Stack gap="md">
      <Textarea
        label={t("settings.system")}
        placeholder={t("settings.systemPlaceholder")}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={TEXT_CHARS_MAX}
        value={conversation.system}
        onChange={(event) => store.change({ system: event.currentTarget.value })}
      />
      <Group grow gap="xs" align="flex-start">
        <NumberInput
          {...field}
          label={t("settings.temperature")}
          min={0}
          max={2}
          step={0.1}
          decimalScale={2}
          value={parameters.temperature ?? ""}
          onChange={(value) => set({ temperature: number(value) })}
        />
        <NumberInput
          {...field}
          label={t("settings.topP")}
          min={0}
          max={1}
          step={0.05}
          decimalScale={2}
          value={parameters.topP ?? ""}
          onChange={(value) => set({ topP: number(value) })}
        />
      </Group>
      <Group grow gap="xs" align="flex-start">
        <NumberInput
          {...field}
          label={t("settings.maxTokens")}
          min={1}
          max={model?.max_output_tokens ?? undefined}
          allowDecimal={false}
          value={parameters.maxTokens ?? ""}
          onChange={(value) => set({ maxTokens: number(value) })}
        />
        <NumberInput
          {...field}
          label={t("settings.seed")}
          allowDecimal={false}
          min={0}
          max={Number.MAX_SAFE_INTEGER}
          value={parameters.seed ?? ""}
          onChange={(value) => set({ seed: number(value) })}
        />
      </Group>
      <TagsInput
        size="xs"
        label={t("settings.stop")}
        description={t("settings.stopHint")}
        maxTags={STOPS_MAX}
        value={parameters.stop}
        onChange={(stop) => set({ stop })}
      />
      {model?.capabilities.includes("thinking") ? (
        <Select
          size="xs"
          label={t("settings.effort")}
          placeholder={t("settings.default")}
          data={EFFORTS}
          value={parameters.reasoningEffort}
          onChange={(reasoningEffort) => set({ reasoningEffort })}
          clearable
        />
      ) : null}
      <Select
        size="xs"
        label={t("settings.format")}
        data={(["text", "json_object", "json_schema"] as const).map((value) => ({
          value,
          label: t(`settings.formats.${value}`),
        }))}
        value={parameters.responseFormat}
        onChange={(value) => set({ responseFormat: (value ?? "text") as Parameters["responseFormat"] })}
        allowDeselect={false}
      />
      {parameters.responseFormat === "json_schema" ? (
        <JsonField
          label={t("settings.schema")}
          value={parameters.schema}
          onChange={(schema) => set({ schema })}
          example={EXAMPLE_SCHEMA}
          problem={schemaProblem(parameters.schema)}
        />
      ) : null}
      <JsonField
        label={t("settings.tools")}
        value={conversation.tools}
        onChange={(tools) => store.change({ tools })}
        example={EXAMPLE_TOOLS}
        problem={toolsProblem(conversation.tools)}
      />
      <Switch
        size="sm"
        label={t("settings.stream")}
        checked={parameters.isStreamed}
        onChange={(event) => set({ isStreamed: event.currentTarget.checked })}
      />
    </Stack>
  );
}

type Problem = "json" | "list" | "tool" | "object" | null;

function toolsProblem(text: string): Problem {
  const parsed = parseTools(text);
  return parsed.ok ? null : parsed.problem;
}

function schemaProblem(text: string): Problem {
  const parsed = parseSchema(text);
  return parsed.ok ? null : parsed.problem;
}

function JsonField({
  label,
  value,
  onChange,
  example,
  problem,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  example: string;
  problem: Problem;
}) {
  const { t } = useTranslation("playground");
  return (
    <div>
      <Textarea
        size="xs"
        label={label}
        description={t("settings.jsonHint")}
        autosize
        minRows={3}
        maxRows={14}
        maxLength={TEXT_CHARS_MAX}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={problem ? t(`settings.problem.${problem}`) : undefined}
        styles={MONO}
      />
      {value.trim() === "" ? (
        <Anchor component="button" type="button" size="xs" mt={4} onClick={() => onChange(example)}>
          {t("settings.example")}
        </Anchor>
      ) : problem === "json" ? null : (
        <Text component="span" size="xs">
          <Anchor component="button" type="button" size="xs" mt={4} onClick={() => onChange(tidy(value))}>
            {t("settings.tidy")}
          </Anchor>
        </Text>
      )}
    </div>
  );
}

function tidy(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
