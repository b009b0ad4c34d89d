import type { ReactNode } from "react";
import classes from "./facts.module.css";

interface FactsProps {
  /** With room, on pages of settings; dense, in cards; figures, in narrow ones; a line each, beside a page's content. */
  look?: "roomy" | "dense" | "figures" | "lines";
  /** With room above, where it follows a form. */
  isBelow?: boolean;
  children: ReactNode;
}

/** Names and their values. */
export function Facts({ look = "roomy", isBelow, children }: FactsProps) {
  return (
    <dl className={classes.facts} data-look={look} data-below={isBelow || undefined}>
      {children}
    </dl>
  );
}

interface FactProps {
  label: ReactNode;
  /** The value stands at the end of the line. */
  isEnd?: boolean;
  /** Of the value: `yx-untrusted` where it is another's text. */
  className?: string;
  children: ReactNode;
}

export function Fact({ label, isEnd, className, children }: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd data-end={isEnd || undefined} className={className}>
        {children}
      </dd>
    </div>
  );
}
