import classes from "./brand.module.css";

/** The mark (the character 云, cloud) and the name. */
export function Brand({ size = 26, withName = true }: { size?: number; withName?: boolean }) {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" className={classes.mark}>
        <rect width="32" height="32" rx="8" fill="currentColor" />
        <path
          d="M10 9.5h12M6.5 15h19M15 15l-4.5 8H21M19 18.5l4 5.5"
          fill="none"
          stroke="#fff"
          strokeWidth="2.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {withName ? <span className={classes.name}>Yunxin</span> : null}
    </span>
  );
}
