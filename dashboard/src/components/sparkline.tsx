interface SparklineProps {
  values: number[];
  /** What the line shows, in words and figures. */
  label: string;
  width?: number;
  height?: number;
}

/** A few bars of recent use, small enough for a table cell. */
export function Sparkline({ values, label, width = 84, height = 24 }: SparklineProps) {
  const largest = Math.max(...values, 1);
  const gap = 2;
  const bar = (width - gap * (values.length - 1)) / Math.max(values.length, 1);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <title>{label}</title>
      {values.map((value, index) => {
        const size = value === 0 ? 1.5 : Math.max(2.5, (value / largest) * height);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * (bar + gap)}
            y={height - size}
            width={bar}
            height={size}
            rx={1.2}
            fill={value === 0 ? "var(--yx-border)" : "var(--yx-series-1)"}
          />
        );
      })}
    </svg>
  );
}
