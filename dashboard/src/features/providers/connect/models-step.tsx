import { Alert, Button, Group, NumberInput, Select, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Search } from "lucide-react";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CatalogResponse, ProviderModel, TierResponse } from "@/api/types";
import { FormBody, useSubmit } from "@/components/form-dialog";
import { operatorModelsQuery } from "@/features/models/queries";
import { tiersQuery } from "@/features/tiers/queries";
import { useTierName } from "@/hooks/use-tier-name";
import { MARK_UP_MAX } from "@/lib/price";
import { useAddToCatalog } from "../queries";
import { TestResult } from "../test-result";
import classes from "./connect.module.css";
import { type Draft, hasWrongPrice, requestOf, toggled, unknownModel, unpriced, withPrice } from "./draft";
import type { Found } from "./found";
import { ModelRow } from "./model-row";

const NO_TIERS: TierResponse[] = [];
/** Rows that are drawn at once; the search finds the others. */
const SHOWN_MAX = 100;
/** What a request may add at once. */
const CHOSEN_MAX = 500;

interface ModelsStepProps {
  found: Found;
  onBack: () => void;
  onClose: () => void;
  onAdded: (added: CatalogResponse) => void;
}

export function ModelsStep({ found, onBack, onClose, onAdded }: ModelsStepProps) {
  const { t } = useTranslation("providers");
  const tiers = useQuery(tiersQuery).data ?? NO_TIERS;
  const known = useQuery(operatorModelsQuery).data?.map((model) => model.id) ?? [];
  const add = useAddToCatalog();
  const tierName = useTierName();
  const { submit, isPending, error } = useSubmit();
  const [draft, setDraft] = useState<Draft>({ chosen: [], markUp: 0, minTier: "", typed: {} });
  const [typedIds, setTypedIds] = useState<string[]>([]);
  const models = useMemo(
    () => [...typedIds.map(unknownModel), ...found.list.data.filter((one) => !typedIds.includes(one.id))],
    [typedIds, found.list.data],
  );
  const minTier = draft.minTier || startTier(tiers);
  const free = unpriced(draft, models).filter((model) => !known.includes(model.id));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const { provider, name, kind } = found;
    const request = requestOf({ ...draft, minTier }, { models, provider, providerName: name, kind, known });
    void submit(
      async () => onAdded(await add.mutateAsync(request)),
      () => undefined,
    );
  };
  const typeIds = (ids: string[]) => {
    setTypedIds(ids);
    const gone = typedIds.filter((id) => !ids.includes(id));
    const fresh = ids.filter((id) => !typedIds.includes(id));
    setDraft((now) => ({ ...now, chosen: [...now.chosen.filter((id) => !gone.includes(id)), ...fresh] }));
  };
  const count = draft.chosen.length;
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={
        count > 0
          ? t("connect.save", { count })
          : found.provider
            ? t("connect.saveOnly")
            : t("connect.saveNone")
      }
      isPending={isPending}
      error={error}
      isDisabled={
        (count === 0 && found.provider === null) || count > CHOSEN_MAX || hasWrongPrice(draft, models)
      }
    >
      <TestResult result={found.list.test} />
      {found.list.data.length > 0 ? (
        <ModelPicker models={models} draft={{ ...draft, minTier }} known={known} onChange={setDraft} />
      ) : null}
      <TagsInput
        label={t("connect.byName")}
        description={t("connect.byNameHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        maxTags={40}
        value={typedIds}
        onChange={typeIds}
      />
      {found.list.data.length === 0 && typedIds.length > 0 ? (
        <ModelPicker models={models} draft={{ ...draft, minTier }} known={known} onChange={setDraft} />
      ) : null}
      <Group grow align="flex-start">
        <NumberInput
          label={t("connect.markUp")}
          description={t("connect.markUpHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" %"
          decimalScale={2}
          min={-100}
          max={MARK_UP_MAX}
          value={draft.markUp}
          onChange={(value) => setDraft({ ...draft, markUp: Number(value) || 0 })}
        />
        <Select
          label={t("connect.tier")}
          description={t("connect.tierHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) }))}
          allowDeselect={false}
          value={minTier}
          onChange={(value) => setDraft({ ...draft, minTier: value ?? "" })}
        />
      </Group>
      {free.length > 0 ? (
        <Alert color="amber" icon={<CircleAlert size={18} />} role="status">
          {t("connect.unpriced", { count: free.length, names: free.map((model) => model.id).join(", ") })}
        </Alert>
      ) : null}
      {found.provider ? (
        <Button variant="subtle" size="compact-sm" onClick={onBack} style={{ alignSelf: "flex-start" }}>
          {t("connect.back")}
        </Button>
      ) : null}
    </FormBody>
  );
}

interface ModelPickerProps {
  models: ProviderModel[];
  draft: Draft;
  known: readonly string[];
  onChange: (draft: Draft) => void;
}

function ModelPicker({ models, draft, known, onChange }: ModelPickerProps) {
  const { t } = useTranslation("providers");
  const [text, setText] = useState("");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = models.filter((model) => {
    const name = `${model.id} ${model.display_name ?? ""}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  // What is known of comes first: most lists begin with what nobody wants.
  const ordered = matching.sort((left, right) => rank(left) - rank(right));
  const shown = ordered.slice(0, SHOWN_MAX);
  return (
    <div>
      <Group justify="space-between" mb={8}>
        <TextInput
          type="search"
          aria-label={t("connect.search")}
          placeholder={t("connect.search")}
          leftSection={<Search size={15} aria-hidden />}
          maxLength={200}
          w={260}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <Text size="sm" c="dimmed" role="status">
          {t("connect.counts", { chosen: draft.chosen.length, shown: shown.length, all: models.length })}
        </Text>
      </Group>
      <ul className={classes.models} aria-label={t("connect.models")}>
        {shown.map((model) => (
          <ModelRow
            key={model.id}
            model={model}
            draft={draft}
            isKnown={known.includes(model.id)}
            onToggle={() => onChange(toggled(draft, model.id))}
            onPrice={(meter, price) => onChange(withPrice(draft, model.id, meter, price))}
          />
        ))}
      </ul>
      {ordered.length > SHOWN_MAX ? (
        <Text size="xs" c="dimmed" mt={6}>
          {t("connect.moreBySearch")}
        </Text>
      ) : null}
    </div>
  );
}

/** Priced ones, then the others, then those that are served already; by id within each. A choice must not move its row. */
function rank(model: ProviderModel): number {
  if (model.deployments > 0) return 2;
  return Object.keys(model.cost).length > 0 ? 0 : 1;
}

function startTier(tiers: readonly TierResponse[]): string {
  const basic = tiers.find((tier) => tier.id === "basic");
  return (basic ?? tiers[0])?.id ?? "";
}
