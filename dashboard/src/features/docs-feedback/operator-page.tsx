import { Anchor, Progress, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { MessageSquareText, SearchX } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { DocsFeedbackCountResponse, DocsFeedbackResponse } from "@/api/types";
import { publicPath } from "@/base-path";
import { type Column, DataTable, pagedSource, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import classes from "./docs-feedback.module.css";
import { docsFeedbackCountsQuery, docsFeedbackQuery } from "./queries";

/** What readers of the documentation say: how helpful each page is, and their comments. */
export function OperatorDocsFeedbackPage() {
  const { t } = useTranslation(["docs-feedback", "common"]);
  const [search] = useSearchState();
  const counts = useQuery(docsFeedbackCountsQuery);
  const answers = useInfiniteQuery(docsFeedbackQuery({ page: search.page }));
  const countColumns = useCountColumns();
  const answerColumns = useAnswerColumns();
  const pages = (counts.data ?? []).map(({ page }) => ({ value: page, label: page }));
  const nothing = <EmptyState icon={MessageSquareText} title={t("empty")} text={t("emptyText")} />;
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <DataTable
        label={t("pages")}
        columns={countColumns}
        source={plainSource(counts)}
        rowKey={(count) => count.page}
        initialSort={{ column: "answers", direction: "desc" }}
        empty={nothing}
      />
      {counts.data?.length ? (
        <>
          <h2 className={classes.answers}>{t("answers")}</h2>
          <FilterBar filters={[{ name: "page", label: t("page"), options: pages, width: 240 }]} />
          <DataTable
            label={t("answers")}
            columns={answerColumns}
            source={pagedSource(answers)}
            rowKey={(answer) => answer.id}
            empty={
              <EmptyState icon={SearchX} title={t("common:noMatch.title")} text={t("common:noMatch.text")} />
            }
          />
        </>
      ) : null}
    </>
  );
}

function PageLink({ page }: { page: string }) {
  return (
    <Anchor href={publicPath(`/docs/${page}`)} size="sm" className="yx-untrusted">
      {page}
    </Anchor>
  );
}

function useCountColumns(): Column<DocsFeedbackCountResponse>[] {
  const { t } = useTranslation("docs-feedback");
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "page",
        header: t("page"),
        isTitle: true,
        sortBy: (count) => count.page,
        cell: (count) => <PageLink page={count.page} />,
      },
      {
        id: "share",
        header: t("share"),
        sortBy: share,
        cell: (count) => <Share count={count} />,
      },
      {
        id: "answers",
        header: t("answers"),
        align: "end",
        sortBy: (count) => count.answers,
        cell: (count) => format.number(count.answers),
      },
      {
        id: "comments",
        header: t("comments"),
        align: "end",
        sortBy: (count) => count.comments,
        cell: (count) => format.number(count.comments),
      },
      {
        id: "last",
        header: t("last"),
        align: "end",
        sortBy: (count) => count.last_at,
        cell: (count) => (
          <time dateTime={count.last_at} title={format.date(count.last_at)}>
            {format.relative(count.last_at)}
          </time>
        ),
      },
    ],
    [t, format],
  );
}

/** The part of the answers that call a page helpful. */
function share({ helpful, answers }: DocsFeedbackCountResponse): number {
  return answers === 0 ? 0 : helpful / answers;
}

function Share({ count }: { count: DocsFeedbackCountResponse }) {
  const { t } = useTranslation("docs-feedback");
  const format = useFormat();
  const text = format.percent(share(count));
  return (
    <div className={classes.share}>
      <Progress
        value={share(count) * 100}
        color="green"
        size="sm"
        w={90}
        aria-label={t("shareOf", { page: count.page })}
      />
      <Text span size="sm">
        {text}
      </Text>
    </div>
  );
}

function useAnswerColumns(): Column<DocsFeedbackResponse>[] {
  const { t } = useTranslation("docs-feedback");
  const { t: common } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "page",
        header: t("page"),
        isTitle: true,
        cell: (answer) => <PageLink page={answer.page} />,
      },
      {
        id: "helpful",
        header: t("verdict"),
        cell: (answer) => (
          <StatusBadge tone={answer.is_helpful ? "ok" : "warn"}>
            {t(answer.is_helpful ? "helpful" : "notHelpful")}
          </StatusBadge>
        ),
      },
      {
        id: "text",
        header: t("comment"),
        width: "45%",
        cell: (answer) =>
          answer.text ? (
            <Text size="sm" className={`${classes.comment} yx-untrusted`}>
              {answer.text}
            </Text>
          ) : (
            <Text span size="sm" c="dimmed">
              {common("none")}
            </Text>
          ),
      },
      {
        id: "who",
        header: t("who"),
        cell: (answer) => (
          <span className={`${textClasses.sub} yx-untrusted`}>
            {answer.user_email ?? t("anonymous")} · {answer.language}
          </span>
        ),
      },
      {
        id: "at",
        header: t("at"),
        align: "end",
        cell: (answer) => (
          <time dateTime={answer.at} title={format.date(answer.at)}>
            {format.relative(answer.at)}
          </time>
        ),
      },
    ],
    [t, common, format],
  );
}
