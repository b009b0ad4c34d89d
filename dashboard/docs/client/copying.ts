// Copies samples, and the page as Markdown.
import { all, one, word } from "./page";

const SHOWN_MS = 1_800;

export function startCopying(): void {
  for (const button of all<HTMLButtonElement>(".copy")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const code = one("code", button.closest(".code") ?? document);
      void copy(button, async () => code?.textContent ?? "");
    });
  }
  const whole = one<HTMLButtonElement>(".copy-page");
  if (!whole) return;
  whole.hidden = false;
  const address = one<HTMLAnchorElement>("a.view-markdown")?.href ?? "";
  whole.addEventListener("click", () => void copy(whole, () => read(address)));
}

async function read(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

async function copy(button: HTMLButtonElement, text: () => Promise<string>): Promise<void> {
  const label = one("span", button) ?? button;
  const before = button.dataset.label ?? label.textContent ?? "";
  button.dataset.label = before;
  const isCopied = await text()
    .then(write)
    .then(
      () => true,
      () => false,
    );
  label.textContent = word(isCopied ? "copied" : "copyFailed");
  button.classList.toggle("done", isCopied);
  setTimeout(() => {
    label.textContent = before;
    button.classList.remove("done");
  }, SHOWN_MS);
}

/** Plain HTTP on another machine's address has no clipboard of its own; there the selection is copied. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "hidden";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) throw new Error("the browser refused");
}
