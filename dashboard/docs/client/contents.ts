// Marks in "On this page" what is being read.
import { all } from "./page";

export function startContents(): void {
  const links = new Map<string, HTMLElement>();
  for (const link of all<HTMLAnchorElement>(".contents a")) links.set(link.hash.slice(1), link);
  if (links.size === 0) return;
  const headings = all(".prose h2[id], .prose h3[id]").filter(({ id }) => links.has(id));
  const mark = () => {
    const line = innerHeight * 0.25;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
    const current = (passed.at(-1) ?? headings[0])?.id;
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let isWaiting = false;
  const soon = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      mark();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  mark();
}
