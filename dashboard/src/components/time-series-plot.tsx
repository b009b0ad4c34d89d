import "uplot/dist/uPlot.min.css";
import { Button, Group, UnstyledButton, useComputedColorScheme } from "@mantine/core";
import { ChartSpline, Table2 } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import { useFormat } from "@/hooks/use-format";
import { seriesColor } from "@/theme/theme";
import classes from "./time-series-chart.module.css";

export interface TimeSeries {
  id: string;
  label: string;
  /** One value for each time; null where nothing was measured. */
  values: (number | null)[];
  /** A CSS colour; without one the palette's next. */
  color?: string;
  /** Drawn as a thin broken line: the previous period. */
  isReference?: boolean;
}

export interface TimeSeriesChartProps {
  /** What the chart shows; with the summary it stands for the picture. */
  label: string;
  /** Begin of each step, in milliseconds. */
  times: number[];
  series: TimeSeries[];
  kind?: "line" | "area" | "bars";
  /** Series on top of each other (only without references). */
  isStacked?: boolean;
  formatValue: (value: number | null) => string;
  /** Counts: the axis has no fractions. */
  isWhole?: boolean;
  /** The values add up: the legend says to what. */
  hasTotals?: boolean;
  /** What a step leads to, by its index. */
  onPick?: (index: number) => void;
  height?: number;
}

/** uPlot in a frame: legend with values, keyboard and screen reader twin as a table. Use `TimeSeriesChart`, which loads it lazily. */
export default function TimeSeriesPlot(props: TimeSeriesChartProps) {
  const { label, times, series, formatValue, height = 240 } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const [showsTable, setShowsTable] = useState(false);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const summary = useSummary(props);
  const hasDays = times.length > 1 && (times[1] ?? 0) - (times[0] ?? 0) >= 86_400_000;

  return (
    <figure className={classes.figure} aria-label={label}>
      <Group justify="space-between" align="flex-start" gap="xs" mb={6} wrap="nowrap">
        <ul className={classes.legend}>
          {series.map((one, index) => (
            <li key={one.id} className={classes.key}>
              <span
                className={classes.swatch}
                data-reference={one.isReference || undefined}
                style={{ background: one.isReference ? undefined : (one.color ?? seriesColor(index)) }}
                aria-hidden
              />
              <span className={`${classes.keyLabel} yx-untrusted`} title={one.label}>
                {one.label}
              </span>
              {props.hasTotals ? (
                <span className={classes.keyValue}>
                  {t("chart.total", { value: formatValue(sumOf(one)) })}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          style={{ flex: "none" }}
          leftSection={showsTable ? <ChartSpline size={13} /> : <Table2 size={13} />}
          onClick={() => setShowsTable((shown) => !shown)}
          aria-pressed={showsTable}
        >
          {showsTable ? t("chart.showChart") : t("chart.showTable")}
        </Button>
      </Group>
      {showsTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div className={classes.tableScroll} style={{ maxHeight: height }} tabIndex={0}>
          <table className={classes.table}>
            <caption className="yx-visually-hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">{t("chart.time")}</th>
                {series.map((one) => (
                  <th key={one.id} scope="col">
                    {one.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((at, index) => (
                <tr key={at}>
                  <th scope="row">
                    {props.onPick ? (
                      <UnstyledButton
                        className={classes.pick}
                        onClick={() => props.onPick?.(index)}
                        aria-label={t("chart.requestsAt", {
                          time: format.date(at, hasDays ? "utcDate" : "dateTime"),
                        })}
                      >
                        {format.date(at, hasDays ? "utcDate" : "dateTime")}
                      </UnstyledButton>
                    ) : (
                      format.date(at, hasDays ? "utcDate" : "dateTime")
                    )}
                  </th>
                  {series.map((one) => (
                    <td key={one.id}>{formatValue(one.values[index] ?? null)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className={classes.plot}>
          <Canvas {...props} height={height} onCursor={setCursor} />
          {cursor === null ? null : <Readout {...props} cursor={cursor} hasDays={hasDays} />}
        </div>
      )}
      <figcaption className="yx-visually-hidden">{summary}</figcaption>
    </figure>
  );
}

/** The step under the pointer, and how far from the left it is. */
interface Cursor {
  index: number;
  left: number;
  width: number;
}

/** The values of the step under the pointer, beside it. */
function Readout(props: TimeSeriesChartProps & { cursor: Cursor; hasDays: boolean }) {
  const { times, series, formatValue, hasDays, cursor } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const isRight = cursor.left > cursor.width / 2;
  return (
    <div
      className={classes.readout}
      style={isRight ? { right: cursor.width - cursor.left + 12 } : { left: cursor.left + 12 }}
      aria-hidden
    >
      <strong>{format.date(times[cursor.index], hasDays ? "utcDate" : "dateTime")}</strong>
      {series.map((one, index) => (
        <span key={one.id} className={classes.readoutRow}>
          <span className={classes.swatch} style={{ background: one.color ?? seriesColor(index) }} />
          <span className={`${classes.keyLabel} yx-untrusted`}>{one.label}</span>
          <span className={classes.keyValue}>{formatValue(one.values[cursor.index] ?? null)}</span>
        </span>
      ))}
      {props.onPick ? <span>{t("chart.pick")}</span> : null}
    </div>
  );
}

function sumOf(series: TimeSeries): number {
  return series.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function Canvas(props: TimeSeriesChartProps & { height: number; onCursor: (cursor: Cursor | null) => void }) {
  const {
    times,
    series,
    kind = "area",
    isStacked = false,
    isWhole = false,
    formatValue,
    height,
    onCursor,
    onPick,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const format = useFormat();
  const scheme = useComputedColorScheme("light");
  // The plot is made anew when anything it draws changes; what it calls while drawing is read at that moment.
  const latest = useRef({ formatValue, onCursor, onPick, format });
  latest.current = { formatValue, onCursor, onPick, format };
  const drawn = useMemo(
    () => ({ times, series, kind, isStacked, isWhole, scheme }),
    [times, series, kind, isStacked, isWhole, scheme],
  );

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const plot = new uPlot(plotOptions(element, drawn, height, latest), plotData(drawn), element);
    const pick = () => {
      const index = plot.cursor.idx;
      if (index !== null && index !== undefined) latest.current.onPick?.(index);
    };
    plot.over.addEventListener("click", pick);
    plot.over.style.cursor = latest.current.onPick ? "pointer" : "";
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [drawn, height]);

  return <div ref={frame} className={classes.canvas} style={{ height }} aria-hidden />;
}

type Drawn = Required<Pick<TimeSeriesChartProps, "times" | "series" | "kind" | "isStacked" | "isWhole">>;
interface Latest {
  current: {
    formatValue: (value: number | null) => string;
    onCursor: (cursor: Cursor | null) => void;
    onPick: ((index: number) => void) | undefined;
    format: ReturnType<typeof useFormat>;
  };
}

function plotData({ times, series, isStacked }: Drawn): uPlot.AlignedData {
  const seconds = times.map((at) => at / 1000);
  if (!isStacked) return [seconds, ...series.map((one) => one.values)];
  // uPlot draws in order, so the sums go from the whole stack down to the first series.
  const sums: (number | null)[][] = [];
  const running: number[] = times.map(() => 0);
  for (const one of series) {
    for (let index = 0; index < running.length; index += 1) {
      running[index] = (running[index] ?? 0) + (one.values[index] ?? 0);
    }
    sums.push([...running]);
  }
  return [seconds, ...sums.reverse()];
}

function plotOptions(element: HTMLElement, drawn: Drawn, height: number, latest: Latest): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (value: string) => {
    const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    return name ? style.getPropertyValue(name).trim() : value;
  };
  const text = color("var(--mantine-color-dimmed)");
  const grid = color("var(--yx-border)");
  const surface = color("var(--yx-surface)");
  const font = `11px ${style.fontFamily}`;
  const ordered = drawn.series.map((one, index) => ({ one, stroke: color(one.color ?? seriesColor(index)) }));
  if (drawn.isStacked) ordered.reverse();
  const axis: uPlot.Axis = {
    stroke: text,
    font,
    ticks: { show: false },
    grid: { stroke: grid, width: 1 },
    gap: 6,
  };
  const hasDays = (drawn.times[1] ?? 0) - (drawn.times[0] ?? 0) >= 86_400_000;
  const span = (drawn.times.at(-1) ?? 0) - (drawn.times[0] ?? 0);
  return {
    width: element.clientWidth,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: barRange(drawn) },
      y: { range: (_plot, _low, high) => [0, niceTop(high)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 84,
        values: (_plot, ticks) =>
          ticks.map((tick) =>
            latest.current.format.date(
              tick * 1000,
              hasDays ? "utcDayMonth" : span > 3 * 86_400_000 || isMidnight(tick) ? "dayMonth" : "time",
            ),
          ),
      },
      {
        ...axis,
        size: (_plot, values) => Math.max(36, ...(values ?? []).map((value) => value.length * 6.6 + 12)),
        values: (_plot, ticks) => ticks.map((tick) => latest.current.formatValue(tick)),
        space: 44,
        incrs: drawn.isWhole ? WHOLE_STEPS : undefined,
      },
    ],
    series: [
      {},
      ...ordered.map(({ one, stroke }): uPlot.Series => {
        if (one.isReference)
          return { label: one.label, stroke: text, width: 1.25, dash: [4, 4], points: { show: false } };
        const isBars = drawn.kind === "bars";
        return {
          label: one.label,
          stroke: isBars ? undefined : stroke,
          width: isBars ? 0 : 1.75,
          fill: isBars
            ? stroke
            : drawn.kind === "line"
              ? undefined
              : drawn.isStacked
                ? mixed(stroke, surface, 0.55)
                : `${stroke}1f`,
          paths: isBars ? uPlot.paths.bars?.({ size: [0.78, 40], radius: 0.12 }) : uPlot.paths.linear?.(),
          points: { show: drawn.times.length === 1 },
          spanGaps: true,
        };
      }),
    ],
    hooks: { setCursor: [(plot) => latest.current.onCursor(cursorOf(plot))] },
  };
}

function cursorOf(plot: uPlot): Cursor | null {
  const { idx, left } = plot.cursor;
  if (idx === null || idx === undefined || left === undefined || left < 0) return null;
  // The readout stands in the whole picture, axis included; uPlot counts from the axis on, in pixels of the page.
  const begin = plot.bbox.left / devicePixelRatio;
  return { index: idx, left: begin + left, width: plot.width };
}

/** One colour laid thinly on another (both `#rrggbb`), opaque: in a stack, what lies below must not shine through. */
function mixed(over: string, under: string, opacity: number): string {
  const parts = (hex: string) => [1, 3, 5].map((begin) => Number.parseInt(hex.slice(begin, begin + 2), 16));
  const below = parts(under);
  const mix = parts(over).map((part, index) =>
    Math.round(part * opacity + (below[index] ?? 0) * (1 - opacity)),
  );
  return `rgb(${mix.join(" ")})`;
}

/** Bars stand in the middle of their step: half a step of room on either side. */
function barRange(drawn: Drawn): uPlot.Range.Function | undefined {
  const [first, second] = drawn.times;
  if (drawn.kind !== "bars" || first === undefined || second === undefined) return undefined;
  const half = (second - first) / 2000;
  return (_plot, low, high) => [low - half, high + half];
}

/** 1, 2, 5, 10, 20 … beyond any count. */
const WHOLE_STEPS = Array.from({ length: 15 }, (_, power) =>
  [1, 2, 5].map((one) => one * 10 ** power),
).flat();

function niceTop(high: number | null): number {
  return high === null || high <= 0 ? 1 : high * 1.08;
}

function isMidnight(seconds: number): boolean {
  const date = new Date(seconds * 1000);
  return date.getHours() === 0 && date.getMinutes() === 0;
}

/** The chart in a sentence: total or range of each series. */
function useSummary({ label, times, series, formatValue }: TimeSeriesChartProps): string {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    if (times.length === 0) return t("chart.noData", { label });
    const parts = series.map((one) => {
      const values = one.values.filter((value): value is number => value !== null);
      if (values.length === 0) return t("chart.noValues", { label: one.label });
      return t("chart.range", {
        label: one.label,
        low: formatValue(Math.min(...values)),
        high: formatValue(Math.max(...values)),
      });
    });
    return t("chart.summary", {
      label,
      from: format.date(times[0]),
      to: format.date(times.at(-1)),
      parts: parts.join("; "),
    });
  }, [label, times, series, formatValue, t, format]);
}
