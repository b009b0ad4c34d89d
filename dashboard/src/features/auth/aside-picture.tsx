import { useTranslation } from "react-i18next";
import { seriesColor } from "@/theme/theme";
import classes from "./auth.module.css";

const TARGETS = [40, 110, 180, 250, 320];

/** One line in, many lines out: what the platform does, without words. */
export function AsidePicture() {
  const { t } = useTranslation("auth");
  return (
    <svg viewBox="0 0 520 360" className={classes.picture} aria-hidden="true">
      <path d="M116 180H214" stroke="var(--yx-series-1)" strokeWidth="2" fill="none" />
      {TARGETS.map((y, index) => (
        <path
          key={y}
          d={`M302 180C370 180 340 ${y} 410 ${y}`}
          stroke={seriesColor(index)}
          strokeWidth="2"
          strokeOpacity="0.65"
          fill="none"
        />
      ))}
      <rect
        x="8"
        y="152"
        width="108"
        height="56"
        rx="12"
        fill="var(--yx-surface)"
        stroke="var(--mantine-color-default-border)"
      />
      <text
        x="62"
        y="185"
        textAnchor="middle"
        fontSize="14"
        fontWeight="500"
        fill="var(--mantine-color-text)"
        fontFamily="inherit"
      >
        {t("aside.yourApp")}
      </text>
      <rect x="214" y="136" width="88" height="88" rx="22" fill="#17867f" />
      <path
        d="M242 162h32M232 177h52M255 177l-12 22h29M266 186l11 16"
        fill="none"
        stroke="#fff"
        strokeWidth="6.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      {TARGETS.map((y, index) => (
        <g key={y}>
          <rect
            x="410"
            y={y - 19}
            width="102"
            height="38"
            rx="10"
            fill="var(--yx-surface)"
            stroke="var(--mantine-color-default-border)"
          />
          <circle cx="430" cy={y} r="5" fill={seriesColor(index)} />
          <rect
            x="444"
            y={y - 7}
            width={30 + ((index * 17) % 24)}
            height="5"
            rx="2.5"
            fill="var(--yx-border)"
          />
          <rect
            x="444"
            y={y + 3}
            width={20 + ((index * 13) % 20)}
            height="4"
            rx="2"
            fill="var(--yx-border)"
          />
        </g>
      ))}
    </svg>
  );
}
