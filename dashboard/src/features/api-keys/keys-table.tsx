import { ActionIcon, Badge, Menu, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import {
  Activity,
  Ban,
  Ellipsis,
  Hourglass,
  Import,
  KeyRound,
  Pencil,
  RotateCw,
  ShieldCheck,
} from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { type Column, DataTable, type TableSource } from "@/components/data-table";
import { MenuItemLink } from "@/components/links/menu-item-link";
import { Sparkline } from "@/components/sparkline";
import { SpentOfBudget } from "@/features/budgets/shared/spent-of-budget";
import { type Format, useFormat } from "@/hooks/use-format";
import { NO_VALUE } from "@/lib/format";
import { isUsable } from "./age";
import { EnvironmentBadge, KeyStatus, SecretAge } from "./key-badges";
import classes from "./key-badges.module.css";
import { LastUse } from "./last-use";
import { setLimits } from "./own-limits";
import { OwnLimitsBadge } from "./own-limits-badge";
import { isRestricted } from "./restrictions";
import type { KeyDialog } from "./shared/key-dialogs";

interface KeysTableProps {
  accountId: string;
  source: TableSource<ApiKeyResponse>;
  canWrite: boolean;
  onDialog: (dialog: KeyDialog) => void;
  /** The keys that are ticked, for what is done to several at once. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  empty: ReactNode;
}

export function KeysTable(props: KeysTableProps) {
  const { accountId, source, canWrite, onDialog, chosen, onChoose, empty } = props;
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const navigate = useNavigate();
  const columns = useMemo(
    (): Column<ApiKeyResponse>[] => [
      {
        id: "name",
        header: t("column.name"),
        isTitle: true,
        width: "24%",
        sortBy: (apiKey) => apiKey.name.toLowerCase(),
        cell: (apiKey) => <KeyName accountId={accountId} apiKey={apiKey} />,
      },
      {
        id: "environment",
        header: t("column.environment"),
        sortBy: (apiKey) => apiKey.environment,
        cell: (apiKey) => <EnvironmentBadge environment={apiKey.environment} />,
      },
      {
        id: "status",
        header: t("column.status"),
        sortBy: (apiKey) => apiKey.status,
        cell: (apiKey) => <KeyStatus apiKey={apiKey} />,
      },
      {
        id: "lastUsed",
        header: t("column.lastUsed"),
        sortBy: (apiKey) => (apiKey.last_use ? Date.parse(apiKey.last_use.at) : null),
        cell: (apiKey) => <LastUse use={apiKey.last_use} />,
      },
      {
        id: "usage",
        header: t("column.usage"),
        sortBy: (apiKey) => apiKey.usage_7d.reduce((sum, requests) => sum + requests, 0),
        cell: (apiKey) => <WeekOfUse apiKey={apiKey} format={format} />,
      },
      {
        id: "spend",
        header: t("column.spend"),
        align: "end",
        sortBy: (apiKey) => apiKey.charge_nanos_30d,
        cell: (apiKey) => (
          <>
            <span title={format.exactMoney(apiKey.charge_nanos_30d)}>
              {format.headlineMoney(apiKey.charge_nanos_30d)}
            </span>
            <SpentOfBudget budgets={apiKey.budgets} />
          </>
        ),
      },
      {
        id: "owner",
        header: t("column.owner"),
        sortBy: (apiKey) => apiKey.created_by,
        cell: (apiKey) => (
          <span className={`yx-untrusted ${classes.owner}`} title={apiKey.created_by || undefined}>
            {apiKey.created_by || NO_VALUE}
          </span>
        ),
      },
      {
        id: "created",
        header: t("column.created"),
        sortBy: (apiKey) => Date.parse(apiKey.created_at),
        cell: (apiKey) => (
          <>
            <time
              dateTime={apiKey.created_at}
              title={format.date(apiKey.created_at)}
              className={classes.line}
            >
              {format.date(apiKey.created_at, "date")}
            </time>
            <SecretAge apiKey={apiKey} isDetail />
          </>
        ),
      },
      {
        id: "actions",
        header: t("column.actions"),
        isHeaderHidden: true,
        width: 56,
        cell: (apiKey) => (
          <KeyMenu accountId={accountId} apiKey={apiKey} canWrite={canWrite} onDialog={onDialog} />
        ),
      },
    ],
    [accountId, canWrite, onDialog, format, t],
  );
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      source={source}
      rowKey={(apiKey) => apiKey.id}
      selection={
        canWrite
          ? {
              keys: chosen,
              onChange: onChoose,
              isSelectable: (apiKey) => apiKey.status !== "revoked",
              nameOf: (apiKey) => apiKey.name,
            }
          : undefined
      }
      isRowDimmed={(apiKey) => !isUsable(apiKey)}
      onRowClick={(apiKey) =>
        void navigate({
          to: "/a/$accountId/api-keys/$apiKeyId",
          params: { accountId, apiKeyId: apiKey.id },
        })
      }
      empty={empty}
    />
  );
}

function KeyName({ accountId, apiKey }: { accountId: string; apiKey: ApiKeyResponse }) {
  const { t } = useTranslation("api-keys");
  const isNarrowed = isRestricted(apiKey.restrictions);
  const hasLimits = setLimits(apiKey.limits).length > 0;
  return (
    <>
      <Link
        to="/a/$accountId/api-keys/$apiKeyId"
        params={{ accountId, apiKeyId: apiKey.id }}
        className={`${classes.name} yx-untrusted`}
        title={apiKey.name}
      >
        {apiKey.name || t("unnamed")}
      </Link>
      <span className={classes.hint}>{apiKey.hint}</span>
      {apiKey.old_secrets > 0 || isNarrowed || hasLimits || isImported(apiKey) ? (
        <span className={classes.marks}>
          {isImported(apiKey) ? (
            <Badge color="amber" leftSection={<Import size={11} aria-hidden />} title={t("importedMeans")}>
              {t("imported")}
            </Badge>
          ) : null}
          {apiKey.old_secrets > 0 ? (
            <Badge color="amber" leftSection={<Hourglass size={11} aria-hidden />}>
              {t("graceRuns", { count: apiKey.old_secrets })}
            </Badge>
          ) : null}
          <OwnLimitsBadge apiKey={apiKey} />
          {isNarrowed ? (
            <Badge color="gray" leftSection={<ShieldCheck size={11} aria-hidden />}>
              {t("restricted")}
            </Badge>
          ) : null}
        </span>
      ) : null}
    </>
  );
}

/** The secret is one that another program made. */
function isImported(apiKey: ApiKeyResponse): boolean {
  return apiKey.hint !== "" && !apiKey.hint.startsWith("yx-");
}

function WeekOfUse({ apiKey, format }: { apiKey: ApiKeyResponse; format: Format }) {
  const { t } = useTranslation("api-keys");
  const sum = apiKey.usage_7d.reduce((total, requests) => total + requests, 0);
  if (sum === 0) {
    return (
      <Text span size="sm" c="dimmed">
        {t("noUse")}
      </Text>
    );
  }
  return (
    <span className={classes.use}>
      <Sparkline
        values={apiKey.usage_7d}
        width={56}
        label={t("usageLabel", { days: apiKey.usage_7d.map((day) => format.number(day)).join(", ") })}
      />
      <span>{format.compact(sum)}</span>
    </span>
  );
}

function KeyMenu({
  accountId,
  apiKey,
  canWrite,
  onDialog,
}: {
  accountId: string;
  apiKey: ApiKeyResponse;
  canWrite: boolean;
  onDialog: (dialog: KeyDialog) => void;
}) {
  const { t } = useTranslation("api-keys");
  return (
    <Menu position="bottom-end" shadow="md" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t("actionsFor", { name: apiKey.name })}>
          <Ellipsis size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItemLink
          to="/a/$accountId/api-keys/$apiKeyId"
          params={{ accountId, apiKeyId: apiKey.id }}
          leftSection={<KeyRound size={15} />}
        >
          {t("open")}
        </MenuItemLink>
        <MenuItemLink
          to="/a/$accountId/requests"
          params={{ accountId }}
          search={{ api_key_id: apiKey.id }}
          leftSection={<Activity size={15} />}
        >
          {t("showRequests")}
        </MenuItemLink>
        {canWrite && apiKey.status !== "revoked" ? (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<Pencil size={15} />} onClick={() => onDialog({ kind: "edit", apiKey })}>
              {t("edit.action")}
            </Menu.Item>
            <Menu.Item
              leftSection={<RotateCw size={15} />}
              onClick={() => onDialog({ kind: "regenerate", apiKey })}
            >
              {t("regenerate.action")}
            </Menu.Item>
            {apiKey.old_secrets > 0 ? (
              <Menu.Item
                leftSection={<Hourglass size={15} />}
                onClick={() => onDialog({ kind: "endGrace", apiKey })}
              >
                {t("endGrace.action")}
              </Menu.Item>
            ) : null}
            <Menu.Item
              color="var(--yx-bad)"
              leftSection={<Ban size={15} />}
              onClick={() => onDialog({ kind: "revoke", apiKey })}
            >
              {t("revoke.action")}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
