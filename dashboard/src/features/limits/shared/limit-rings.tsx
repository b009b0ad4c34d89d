import { useTranslation } from "react-i18next";
import type { LimitState } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { levelOf, untilReset, usedShare } from "./level";
import classes from "./limit-rings.module.css";

const SIZE = 74;
const WIDTH = 7;
const RADIUS = (SIZE - WIDTH) / 2;
const ROUND = 2 * Math.PI * RADIUS;

/** Each limit as a ring that fills, with what is used in figures and when the window begins anew. */
export function LimitRings({ limits }: { limits: LimitState[] }) {
  return (
    <ul className={classes.rings}>
      {limits.map((state) => (
        <Ring key={state.resource} state={state} />
      ))}
    </ul>
  );
}

function Ring({ state }: { state: LimitState }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const share = usedShare(state);
  const level = levelOf(state);
  return (
    <li className={classes.ring} data-level={level}>
      <div className={classes.picture}>
        <svg width={SIZE} height={SIZE} viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden>
          <circle className={classes.track} cx={SIZE / 2} cy={SIZE / 2} r={RADIUS} strokeWidth={WIDTH} />
          {share !== null && share > 0 ? (
            <circle
              className={classes.arc}
              cx={SIZE / 2}
              cy={SIZE / 2}
              r={RADIUS}
              strokeWidth={WIDTH}
              strokeDasharray={`${ROUND * share} ${ROUND}`}
              transform={`rotate(-90 ${SIZE / 2} ${SIZE / 2})`}
            />
          ) : null}
        </svg>
        <span className={classes.share}>{share === null ? "∞" : format.percent(share, 0)}</span>
      </div>
      <div className={classes.text}>
        <span className={classes.name}>{t(`limits.${state.resource}`)}</span>
        <span className={classes.figures}>
          {state.limit === null
            ? t("limits.usedUnlimited", { used: format.compact(state.used) })
            : t("limits.usedOf", { used: format.compact(state.used), limit: format.compact(state.limit) })}
        </span>
        <Countdown resetsAt={state.resets_at} />
      </div>
    </li>
  );
}

function Countdown({ resetsAt }: { resetsAt: string }) {
  const { t } = useTranslation("overview");
  const now = useNow(1000);
  const left = untilReset(resetsAt, now);
  const text =
    left.seconds === 0
      ? t("limits.resetsNow")
      : left.hours > 0
        ? t("limits.resetsInHours", { hours: left.hours, minutes: left.minutes % 60 })
        : left.minutes > 0
          ? t("limits.resetsInMinutes", { minutes: left.minutes, seconds: left.seconds % 60 })
          : t("limits.resetsInSeconds", { seconds: left.seconds });
  // It changes every second: read it when asked, not each time.
  return (
    <span className={classes.reset} aria-live="off">
      {text}
    </span>
  );
}

/** One limit as a bar, beside its figure in a list. */
export function LimitBar({ state }: { state: LimitState }) {
  return (
    <span className={classes.bar} data-level={levelOf(state)} aria-hidden>
      <span className={classes.barFill} style={{ width: `${(usedShare(state) ?? 0) * 100}%` }} />
    </span>
  );
}
