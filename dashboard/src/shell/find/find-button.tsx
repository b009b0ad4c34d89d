import { Kbd, UnstyledButton } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { Search } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./find.module.css";

// Most visits need no palette.
const load = () => import("./palette");
const FindPalette = lazy(() => load().then((module) => ({ default: module.FindPalette })));

/** Opens the palette: by a click, or Ctrl K (⌘ K). */
export function FindButton() {
  const { t } = useTranslation();
  const { typed, onType, isReturned, onReturn, isOpen, setIsOpen } = useTypedAhead();
  const open = () => {
    onType("");
    onReturn(false);
    setIsOpen(true);
  };
  useWindowEvent("keydown", (event) => {
    if (event.key === "Control" || event.key === "Meta") void load();
    if (
      event.key.toLowerCase() !== "k" ||
      !(event.ctrlKey || event.metaKey) ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    if (!isOpen) open();
  });
  return (
    <>
      <UnstyledButton
        className={classes.opener}
        onClick={open}
        onPointerEnter={() => void load()}
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
          <FindPalette
            typed={typed}
            onType={onType}
            isReturned={isReturned}
            onReturn={onReturn}
            onClose={() => setIsOpen(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

/** What is typed, also before the palette is there and its field has the focus. */
function useTypedAhead() {
  const [isOpen, setIsOpen] = useState(false);
  const [typed, onType] = useState("");
  const [isReturned, onReturn] = useState(false);
  const isWaiting = useRef(false);
  isWaiting.current = isOpen;
  useWindowEvent("keydown", (event) => {
    const isInField = event.target instanceof Element && event.target.matches("[data-find-field]");
    if (!isWaiting.current || isInField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") onReturn(true);
    else if (event.key.length === 1) onType((text) => text + event.key);
    else return;
    event.preventDefault();
  });
  return { typed, onType, isReturned, onReturn, isOpen, setIsOpen };
}
