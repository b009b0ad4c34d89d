import { Kbd, UnstyledButton } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { Search } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./find.module.css";

// Most visits need no palette.
const FindPalette = lazy(() => import("./palette").then((module) => ({ default: module.FindPalette })));

/** Opens the palette: by a click, or Ctrl K (⌘ K). */
export function FindButton() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  useWindowEvent("keydown", (event) => {
    if (
      event.key.toLowerCase() !== "k" ||
      !(event.ctrlKey || event.metaKey) ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    setIsOpen(true);
  });
  return (
    <>
      <UnstyledButton
        className={classes.opener}
        onClick={() => setIsOpen(true)}
        aria-keyshortcuts="Control+K"
      >
        <Search size={15} aria-hidden />
        <span>{t("shell.find")}</span>
        <Kbd size="xs" aria-hidden>
          Ctrl K
        </Kbd>
      </UnstyledButton>
      {isOpen ? (
        <Suspense>
          <FindPalette onClose={() => setIsOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
