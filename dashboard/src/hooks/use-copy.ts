import { useEffect, useRef, useState } from "react";

const SHOWN_MS = 1_600;

/** Copies text, and says for a while that it is done. */
export function useCopy(): { isCopied: boolean; copy: (text: string) => void } {
  const [isCopied, setIsCopied] = useState(false);
  const timer = useRef<number>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const copy = (text: string) => {
    void write(text).then((done) => {
      window.clearTimeout(timer.current);
      setIsCopied(done);
      timer.current = window.setTimeout(() => setIsCopied(false), SHOWN_MS);
    });
  };
  return { isCopied, copy };
}

/** Plain HTTP on another machine's address has no clipboard of its own; there a selection is copied. */
async function write(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    return copySelection(text);
  } catch {
    return false;
  }
}

function copySelection(text: string): boolean {
  // Inside the dialog that is open, if one is: outside of it nothing can have the focus.
  const active = document.activeElement;
  const place = active?.closest('[role="dialog"]') ?? document.body;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "yx-visually-hidden";
  place.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (active instanceof HTMLElement) active.focus();
  return isCopied;
}
