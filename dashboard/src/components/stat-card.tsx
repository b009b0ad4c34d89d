import { Card, Group, Skeleton, Text } from "@mantine/core";
import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import classes from "./stat-card.module.css";

interface StatCardProps {
  label: string;
  value: ReactNode;
  /** The value in full, for who points at it. */
  exact?: string;
  /** A second, smaller line. */
  detail?: ReactNode;
  /** Change against the previous period as a fraction; null when there is nothing to compare with. */
  delta?: number | null;
  /** Which way is good; without it the change has no colour. */
  goodDirection?: "up" | "down";
  isLoading?: boolean;
  chart?: ReactNode;
}

export function StatCard({
  label,
  value,
  exact,
  detail,
  delta,
  goodDirection,
  isLoading,
  chart,
}: StatCardProps) {
  return (
    <Card padding="md" className={classes.card}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed" fw={500}>
          {label}
        </Text>
        {!isLoading && delta !== undefined ? <Delta delta={delta} goodDirection={goodDirection} /> : null}
      </Group>
      {isLoading ? (
        <Skeleton height={28} width="60%" mt={8} mb={4} />
      ) : (
        <Text className={classes.value} title={exact}>
          {value}
        </Text>
      )}
      {isLoading ? (
        <Skeleton height={12} width="40%" mt={4} />
      ) : detail ? (
        <Text size="xs" c="dimmed" mt={2}>
          {detail}
        </Text>
      ) : null}
      {chart}
    </Card>
  );
}

/** A change in percent with an arrow. */
export function Delta({ delta, goodDirection }: { delta: number | null; goodDirection?: "up" | "down" }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (delta === null || !Number.isFinite(delta)) return null;
  const isFlat = Math.abs(delta) < 0.001;
  const direction = isFlat ? "flat" : delta > 0 ? "up" : "down";
  const tone = isFlat || !goodDirection ? "neutral" : direction === goodDirection ? "ok" : "bad";
  const Icon = isFlat ? ArrowRight : delta > 0 ? ArrowUpRight : ArrowDownRight;
  return (
    <span className={classes.delta} data-tone={tone} title={t("comparedWithPrevious")}>
      <Icon size={13} aria-hidden />
      <span className="yx-visually-hidden">{t(`delta.${direction}`)}</span>
      {format.percent(Math.abs(delta), Math.abs(delta) >= 0.1 ? 0 : 1)}
    </span>
  );
}

/** The change from `before` to `now` as a fraction; null when there was nothing before. */
export function changeOf(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now == null || before == null || before === 0) return null;
  return (now - before) / before;
}
