import { Group, Progress, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse } from "@/api/types";
import { AnchorLink } from "@/components/links/anchor-link";
import { OriginBadge } from "@/components/origin-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import table from "./group.module.css";
import { type DeploymentGroupRows, shareOf, stateOf } from "./groups";
import { LastError } from "./last-error";
import { DeploymentMenu } from "./menu";
import { StateBadge } from "./shared/state-badge";

/** All deployments of one model. */
export function DeploymentGroup({ group }: { group: DeploymentGroupRows }) {
  const { t } = useTranslation(["deployments", "common"]);
  const columns = ["provider", "share", "state", "requests", "errors", "inFlight", "duration"] as const;
  return (
    <section className={table.group} aria-label={group.model}>
      <div className={table.groupScroll}>
        <table className={table.groupTable} aria-label={t("of", { model: group.model })}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" data-column={column}>
                  {column === "provider" ? (
                    <h2 className={table.groupTitle}>
                      <AnchorLink to="/operator/models/$" params={{ _splat: group.model }} inherit>
                        {group.model}
                      </AnchorLink>
                    </h2>
                  ) : (
                    t(`columns.${column}`)
                  )}
                </th>
              ))}
              <th scope="col">
                <span className="yx-visually-hidden">{t("common:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {group.rows.map((row) => (
              <DeploymentRow key={row.id} row={row} weights={group.weights} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function DeploymentRow({ row, weights }: { row: AdminDeploymentResponse; weights: number }) {
  const { t } = useTranslation("deployments");
  const format = useFormat();
  const { health } = row;
  const state = stateOf(row);
  const share = row.paused ? null : shareOf(row.weight, weights);
  const errorShare = health.requests > 0 ? health.errors / health.requests : null;
  return (
    <>
      <tr data-has-note={health.last_error ? true : undefined}>
        <td data-column="provider">
          <div>
            <Group gap={6}>
              <span className={`${textClasses.strong} yx-untrusted`}>{row.provider}</span>
              <OriginBadge origin={row.origin} />
            </Group>
            {row.upstream_model === row.model && !row.name ? null : (
              <span className={`${textClasses.sub} ${textClasses.mono}`}>
                {[row.upstream_model, row.name].filter(Boolean).join(" · ")}
              </span>
            )}
          </div>
        </td>
        <td data-column="share" data-label={t("columns.share")}>
          {share === null ? (
            <Tooltip label={t(row.paused ? "pausedText" : "fallbackText")} multiline w={240}>
              <Text span size="xs" c="dimmed">
                {t(row.paused ? "noRequests" : "fallback")}
              </Text>
            </Tooltip>
          ) : (
            <div className={table.share}>
              <Progress value={share * 100} size={5} w={56} aria-hidden />
              <span>{format.percent(share, 0)}</span>
              <Text span size="xs" c="dimmed">
                {t("weightOf", { weight: format.number(row.weight) })}
              </Text>
            </div>
          )}
        </td>
        <td data-column="state" data-label={t("columns.state")}>
          <StateBadge deployment={row} />
        </td>
        <td data-column="requests" data-label={t("columns.requests")}>
          {format.compact(health.requests)}
        </td>
        <td data-column="errors" data-label={t("columns.errors")}>
          <span>
            {format.compact(health.errors)}
            {errorShare !== null && health.errors > 0 ? (
              <Text span size="xs" c="dimmed">
                {" "}
                ({format.percent(errorShare)})
              </Text>
            ) : null}
          </span>
        </td>
        <td data-column="inFlight" data-label={t("columns.inFlight")}>
          {format.number(health.in_flight)}
        </td>
        <td data-column="duration" data-label={t("columns.duration")}>
          {format.duration(health.duration_ms_avg)}
        </td>
        <td data-column="actions">
          <DeploymentMenu deployment={row} weights={weights} />
        </td>
      </tr>
      {health.last_error ? (
        <tr className={table.note} data-bad={state === "failing" || undefined}>
          <td colSpan={8}>
            <LastError health={health} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
