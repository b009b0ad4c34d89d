import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { TimeSeriesChartProps } from "./time-series-plot";

export type { TimeSeries, TimeSeriesChartProps } from "./time-series-plot";

const Plot = lazy(() => import("./time-series-plot"));

/** Values over time. The plotting library is its own chunk and comes with the first chart. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 240} radius="md" />}>
      <Plot {...props} />
    </Suspense>
  );
}
