import { Alert, Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, RotateCw, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { accountQuery, useAccount } from "@/api/session";
import { pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { useSearchState } from "@/hooks/use-search-state";
import { isRotationDue, useRotationDays } from "./age";
import { BulkRevoke } from "./bulk-revoke";
import { KeysTable } from "./keys-table";
import { apiKeysQuery } from "./queries";
import { type KeyDialog, KeyDialogs } from "./shared/key-dialogs";

const NONE: ReadonlySet<string> = new Set();
const STATUSES = ["active", "expiring", "expired", "revoked"] as const;

export function ApiKeysPage() {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("api-keys");
  const account = useAccount();
  const canWrite = account.can("member");
  const [search] = useSearchState();
  const filter = {
    status: search.status || undefined,
    environment: search.environment || undefined,
    query: search.query || undefined,
  };
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const keys = useInfiniteQuery(apiKeysQuery(account.id, filter));
  const [dialog, setDialog] = useState<KeyDialog | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const create = canWrite ? (
    <Button leftSection={<Plus size={16} />} onClick={() => setDialog({ kind: "create" })}>
      {ours("create.action")}
    </Button>
  ) : undefined;
  const source = pagedSource(keys);

  return (
    <>
      <PageHeader title={ours("title")} description={<KeysUsed accountId={account.id} />} actions={create} />
      <FilterBar
        query={{ name: "query", label: ours("search") }}
        filters={[
          {
            name: "status",
            label: ours("column.status"),
            options: STATUSES.map((status) => ({ value: status, label: ours(`status.${status}`) })),
            width: 150,
          },
          {
            name: "environment",
            label: ours("column.environment"),
            options: (["live", "test"] as const).map((value) => ({
              value,
              label: t(`environment.${value}`),
            })),
            width: 150,
          },
        ]}
      />
      <RotationReminder rows={source.rows} />
      <BulkRevoke
        accountId={account.id}
        keys={(source.rows ?? []).filter((key) => chosen.has(key.id) && key.status !== "revoked")}
        onClear={() => setChosen(NONE)}
      />
      <KeysTable
        accountId={account.id}
        source={source}
        chosen={chosen}
        onChoose={setChosen}
        canWrite={canWrite}
        onDialog={setDialog}
        empty={
          isFiltered ? (
            <EmptyState icon={SearchX} title={ours("empty.filtered")} text={ours("empty.filteredText")} />
          ) : (
            <EmptyState
              icon={KeyRound}
              title={ours("empty.title")}
              text={canWrite ? ours("empty.text") : ours("empty.viewer")}
              action={create}
            />
          )
        }
      />
      <KeyDialogs accountId={account.id} dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

/** How many keys there are, of how many there may be. */
function KeysUsed({ accountId }: { accountId: string }) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const account = useQuery(accountQuery(accountId));
  const intro = t("description");
  if (!account.data) return intro;
  const { keys_used: used, keys_max: max } = account.data;
  const counted =
    max === null
      ? t("keysUsed", { count: used, used: format.number(used) })
      : t("keysUsedOf", { used: format.number(used), max: format.number(max) });
  return (
    <>
      {intro} {counted}
    </>
  );
}

function RotationReminder({ rows }: { rows: Parameters<typeof isRotationDue>[0][] | undefined }) {
  const { t } = useTranslation("api-keys");
  const now = useNow(60_000);
  const rotationDays = useRotationDays();
  const due = rows?.filter((row) => isRotationDue(row, now, rotationDays)).length ?? 0;
  if (due === 0) return null;
  return (
    <Alert color="amber" icon={<RotateCw size={17} />} mb="md" py="xs">
      {t("age.reminder", { count: due, days: rotationDays })}
    </Alert>
  );
}
