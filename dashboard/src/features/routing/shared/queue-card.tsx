import { Card, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RouteExplanation } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";

const FIGURES = ["running", "waiting", "offered", "admitted", "shed"] as const;

/** The queue in front of a model, by level. */
export function QueueCard({ route }: { route: RouteExplanation }) {
  const { t } = useTranslation("routing");
  const format = useFormat();
  const levelName = useNames("level");
  const { seats } = route;
  return (
    <Card>
      <Title order={2}>{t("queue.title")}</Title>
      <Text size="sm" c="dimmed" mt={4} mb="sm">
        {seats === null ? t("queue.noSeats") : t("queue.seats", { count: seats })}
      </Text>
      <Table.ScrollContainer minWidth={480}>
        <Table aria-label={t("queue.title")} verticalSpacing={6} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("queue.level")}</Table.Th>
              <Table.Th scope="col" ta="end">
                {t("queue.share")}
              </Table.Th>
              {FIGURES.map((figure) => (
                <Table.Th key={figure} scope="col" ta="end">
                  {t(`queue.${figure}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {route.levels.map((level) => (
              <Table.Tr key={level.level}>
                <Table.Th scope="row" fw={500}>
                  {levelName(level.level)}
                </Table.Th>
                <Table.Td ta="end">{format.percent(level.share_percent / 100, 0)}</Table.Td>
                {FIGURES.map((figure) => (
                  <Table.Td key={figure} ta="end">
                    {format.compact(level[figure])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
