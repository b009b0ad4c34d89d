import classes from "./status-badge.module.css";

export type Tone = "ok" | "warn" | "bad" | "neutral" | "info";

/** A state in one word, with a dot; the colour never says it alone. */
export function StatusBadge({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
