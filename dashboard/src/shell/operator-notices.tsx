import { Alert, List } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { OperatorNoticeResponse } from "@/api/types";
import { AnchorLink } from "@/components/links/anchor-link";
import { useFormat } from "@/hooks/use-format";

const REFRESH_MS = 30_000;
/** More are counted, not named. */
const NAMED_MAX = 5;
const KINDS = [
  "deployment_failing",
  "credential_refused",
  "quota_exhausted",
  "model_unknown",
  "queue_shedding",
] as const;

const noticesQuery = queryOptions({
  queryKey: ["operator", "notices"],
  queryFn: ({ signal }) => api.get("/admin/notices", { signal }),
  select: ({ data }) => data.filter((notice) => notice.ended_at === null),
  refetchInterval: refreshEvery(REFRESH_MS),
});

/** What fails, is refused or sheds now, on each page of the operator. */
export function OperatorNotices() {
  const { t } = useTranslation();
  const { data: open = [] } = useQuery(noticesQuery);
  if (open.length === 0) return null;
  return (
    <Alert
      color="amber"
      mb="md"
      icon={<CircleAlert size={18} />}
      title={t("notices.operator.title", { count: open.length })}
      role="status"
    >
      <List size="sm" withPadding={false}>
        {open.slice(0, NAMED_MAX).map((notice) => (
          <List.Item key={notice.id}>
            <Notice notice={notice} />
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Notice({ notice }: { notice: OperatorNoticeResponse }) {
  const { t } = useTranslation();
  const format = useFormat();
  const kind = KINDS.find((one) => one === notice.kind);
  const words = kind ? t(`notices.operator.${kind}`, { label: notice.label }) : notice.label;
  const { model } = notice.facts;
  return (
    <span className="yx-untrusted">
      {words} {t("notices.operator.since", { when: format.relative(notice.began_at) })}{" "}
      {typeof model === "string" ? (
        <AnchorLink to="/operator/models/$" params={{ _splat: model }} underline="always" inherit>
          {t("notices.operator.model")}
        </AnchorLink>
      ) : (
        <AnchorLink to="/operator/providers" underline="always" inherit>
          {t("notices.operator.providers")}
        </AnchorLink>
      )}
    </span>
  );
}
