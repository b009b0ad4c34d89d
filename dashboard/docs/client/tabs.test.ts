import { beforeEach, describe, expect, it } from "vitest";
import { startTabs } from "./tabs";

const group = `<div class="tabs"><section data-tab="curl">1</section><section data-tab="Python">2</section></div>`;
const selected = () => [...document.querySelectorAll("[aria-selected=true]")].map((tab) => tab.textContent);

describe("tabs of samples", () => {
  beforeEach(() => {
    localStorage.clear();
    window.scrollBy = () => undefined;
    document.body.innerHTML = `<div id="texts" data-code-language="Language"></div>${group}${group}`;
  });

  it("show the first until another is chosen, in all groups at once", () => {
    startTabs();
    expect(selected()).toEqual(["curl", "curl"]);
    const python = [...document.querySelectorAll<HTMLElement>("[role=tab]")].find(
      (tab) => tab.textContent === "Python",
    );
    python?.click();
    expect(selected()).toEqual(["Python", "Python"]);
    expect(localStorage.getItem("yunxin-code-language")).toBe("Python");
  });

  it("begin with what was chosen before, and with the first where that is missing", () => {
    localStorage.setItem("yunxin-code-language", "JavaScript");
    startTabs();
    expect(selected()).toEqual(["curl", "curl"]);
  });

  it("go by the arrow keys", () => {
    startTabs();
    const first = document.querySelector<HTMLElement>("[role=tab]");
    first?.focus();
    first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(document.activeElement?.textContent).toBe("Python");
  });
});
