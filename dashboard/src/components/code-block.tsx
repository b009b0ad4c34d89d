import { useLocalStorage } from "@mantine/hooks";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { CodeSample } from "@/lib/code-samples";
import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button";

/** Code with a copy button; with several samples, tabs. The choice of language holds for all of them, everywhere. */
export function CodeBlock({ samples, label }: { samples: CodeSample[]; label?: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [choice, setChoice] = useLocalStorage({
    key: "yunxin-code",
    defaultValue: "curl",
    getInitialValueInEffect: false,
  });
  const shown = samples.find((sample) => sample.id === choice) ?? samples[0];
  if (!shown) return null;

  const step = (offset: number) => {
    const index = samples.indexOf(shown);
    const next = samples[(index + offset + samples.length) % samples.length];
    if (!next) return;
    setChoice(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };

  return (
    <div className={classes.block}>
      <div className={classes.bar}>
        {samples.length > 1 ? (
          <div role="tablist" aria-label={label ?? t("codeLanguage")} className={classes.tabs}>
            {samples.map((sample) => (
              <button
                key={sample.id}
                id={`${id}-${sample.id}`}
                type="button"
                role="tab"
                aria-selected={sample === shown}
                aria-controls={`${id}-panel`}
                tabIndex={sample === shown ? 0 : -1}
                className={classes.tab}
                onClick={() => setChoice(sample.id)}
                onKeyDown={(event) => {
                  if (event.key === "ArrowRight") step(1);
                  if (event.key === "ArrowLeft") step(-1);
                }}
              >
                {sample.label}
              </button>
            ))}
          </div>
        ) : (
          <span className={classes.name}>{shown.label}</span>
        )}
        <CopyButton value={shown.code} label={t("copyCode")} />
      </div>
      <pre
        id={`${id}-panel`}
        className={classes.code}
        tabIndex={0}
        role={samples.length > 1 ? "tabpanel" : undefined}
      >
        <code>{shown.code}</code>
      </pre>
    </div>
  );
}
