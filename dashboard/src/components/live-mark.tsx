import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import classes from "./live-mark.module.css";

/** Says that the page refreshes itself, and how old what it shows is when it cannot. */
export function LiveMark({ at, isFailing }: { at: number; isFailing: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(5_000);
  if (at === 0) return null;
  return (
    <span className={classes.live} data-failing={isFailing || undefined}>
      <span className={classes.liveDot} aria-hidden />
      {isFailing ? t("live.old", { when: format.relative(at, now) }) : t("live.fresh")}
    </span>
  );
}
