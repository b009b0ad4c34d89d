import classes from "./trend-line.module.css";

interface TrendLineProps {
  values: number[];
  /** The picture is beside the figure that it belongs to, and says no more. */
  height?: number;
  tone?: "normal" | "bad";
}

/** The shape of a period in a card, as wide as the card. */
export function TrendLine({ values, height = 36, tone = "normal" }: TrendLineProps) {
  const largest = Math.max(...values, 0);
  const step = values.length > 1 ? 100 / (values.length - 1) : 100;
  const points = values.map((value, index) => {
    const y = largest === 0 ? 96 : 96 - (value / largest) * 88;
    return `${(index * step).toFixed(2)},${y.toFixed(2)}`;
  });
  if (points.length === 1) points.push(`100,${points[0]?.split(",")[1]}`);
  return (
    <div className={classes.frame}>
      <svg
        className={classes.line}
        data-tone={largest > 0 ? tone : "none"}
        style={{ height }}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden
      >
        <polygon className={classes.fill} points={`0,100 ${points.join(" ")} 100,100`} />
        <polyline className={classes.stroke} points={points.join(" ")} vectorEffect="non-scaling-stroke" />
      </svg>
    </div>
  );
}
