import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ProviderTestResponse } from "@/api/types";
import { useErrorText } from "@/hooks/use-error-text";
import { useFormat } from "@/hooks/use-format";
import styles from "./providers.module.css";

/** What the provider said when it was last asked, and how long it took. */
export function TestResult({ result, error }: { result?: ProviderTestResponse; error?: unknown }) {
  const { t } = useTranslation("providers");
  const text = useErrorText();
  const format = useFormat();
  const isGood = result?.ok === true;
  return (
    <div role="status">
      {result || error ? (
        <div className={styles.result} data-tone={isGood ? "ok" : "bad"}>
          {isGood ? <CircleCheck size={15} aria-hidden /> : <CircleX size={15} aria-hidden />}
          <div style={{ minWidth: 0 }}>
            <strong>
              {result
                ? t(isGood ? "testOk" : "testBad", {
                    time: format.duration(result.duration_ms),
                  })
                : t("testFailed")}
              {result?.status ? ` · HTTP ${result.status}` : ""}
            </strong>
            <div className="yx-untrusted">{result ? result.message : text(error)}</div>
          </div>
        </div>
      ) : null}
    </div>
  );
}
