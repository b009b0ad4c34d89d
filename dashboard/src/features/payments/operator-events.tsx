import { Button, Card, Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Radio as RadioIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { Loaded } from "@/components/loaded";
import { useSearchState } from "@/hooks/use-search-state";
import { EventList } from "./event-list";
import { paymentEventsQuery } from "./queries";
import { useVerdict, VERDICTS } from "./verdict";

/** Everything that providers said, also of what is no order here. */
export function OperatorEvents() {
  const { t } = useTranslation(["payments", "common"]);
  const [{ verdict, attention }] = useSearchState();
  const events = useInfiniteQuery(paymentEventsQuery({ verdict, attention }));
  const word = useVerdict();
  const filters: Filter[] = [
    {
      name: "verdict",
      label: t("verdictLabel"),
      options: VERDICTS.map((value) => ({ value, label: word(value) })),
      isSearchable: true,
      width: 220,
    },
    { name: "attention", label: t("attention"), options: [{ value: "true", label: t("needsAttention") }] },
  ];
  return (
    <>
      <FilterBar filters={filters} />
      <Loaded query={events} height={72}>
        {({ pages }) =>
          pages.every((page) => page.data.length === 0) ? (
            <Card padding={0}>
              <EmptyState icon={RadioIcon} title={t("noEvents")} text={t("noEventsText")} />
            </Card>
          ) : (
            <EventList events={pages.flatMap((page) => page.data)} showsOrder />
          )
        }
      </Loaded>
      {events.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            size="xs"
            loading={events.isFetchingNextPage}
            onClick={() => void events.fetchNextPage()}
          >
            {t("common:loadMore")}
          </Button>
        </Group>
      ) : null}
    </>
  );
}
