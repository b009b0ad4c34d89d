import { Tooltip } from "@mantine/core";
import { FileText, FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Origin } from "@/api/types";
import classes from "./origin-badge.module.css";

/** Where a part of the catalogue comes from; nothing for what can be edited here. */
export function OriginBadge({ origin }: { origin: Origin }) {
  const { t } = useTranslation();
  if (origin === "database") return null;
  const Icon = origin === "file" ? FileText : FlaskConical;
  return (
    <Tooltip label={t(`origin.why.${origin}`)} multiline w={260}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span className={classes.origin} tabIndex={0}>
        <Icon size={12} aria-hidden />
        {t(`origin.${origin}`)}
      </span>
    </Tooltip>
  );
}
