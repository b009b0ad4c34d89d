import { SERIES_COUNT, seriesColor } from "@/theme/theme";
import classes from "./maker-mark.module.css";

/** A coloured initial that is the same for the same maker everywhere. */
export function MakerMark({ name, size = 34 }: { name: string; size?: number }) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (
    <span
      className={classes.maker}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.44,
        ["--maker" as string]: seriesColor(hash % SERIES_COUNT),
      }}
      aria-hidden
    >
      {[...name][0]?.toUpperCase() ?? "?"}
    </span>
  );
}
