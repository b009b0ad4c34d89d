// What searches: an index over the sections of all pages, made in the browser.
import MiniSearch from "minisearch";

interface Section {
  /** Its address. */
  u: string;
  /** The page's title by language. */
  p: Record<string, string>;
  /** The heading; empty for the page itself. */
  h: string;
  t: string;
  /** Words of its code. */
  c?: string;
}

export interface Found {
  address: string;
  page: string;
  heading: string;
  excerpt: string;
}

const FOUND_MAX = 20;
const EXCERPT_CHARS = 140;
/** Chinese has no spaces: each of its characters is a term. */
const TERM = /[\p{Script=Han}]|[\p{L}\p{N}_]+(?:[-.][\p{L}\p{N}_]+)*/gu;

export async function createIndex(address: string, language: string): Promise<(query: string) => Found[]> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const sections = (await answer.json()) as Section[];
  return indexOf(sections, language);
}

export function indexOf(sections: Section[], language: string): (query: string) => Found[] {
  const index = new MiniSearch({ fields: ["page", "heading", "text", "code"], tokenize });
  index.addAll(
    sections.map((section, id) => ({
      id,
      // A page is found by its title only where it begins, or each of its sections would be.
      page: section.h === "" ? Object.values(section.p).join(" ") : "",
      heading: section.h,
      text: section.t,
      code: section.c ?? "",
    })),
  );
  const options = {
    prefix: true,
    fuzzy: fuzziness,
    boost: { page: 4, heading: 3, code: 0.5 },
    combineWith: "AND",
  } as const;
  return (query) => {
    const found = index.search(query, options);
    return found.slice(0, FOUND_MAX).flatMap(({ id, terms }) => {
      const section = sections[id as number];
      if (!section) return [];
      const page = section.p[language] ?? section.p.en ?? "";
      return [{ address: section.u, page, heading: section.h, excerpt: excerptOf(section.t, terms) }];
    });
  };
}

/** Words and their parts: `rate_limit_exceeded` is found by `limit` too. */
function tokenize(text: string): string[] {
  const terms = text.match(TERM) ?? [];
  const parts = terms.flatMap((term) => (/[_.-]/.test(term) ? term.split(/[_.-]/).filter(Boolean) : []));
  return [...terms, ...parts];
}

function fuzziness(term: string): number | false {
  return term.length > 4 ? 0.2 : false;
}

function excerptOf(text: string, terms: string[]): string {
  const places = terms.map((term) => text.toLowerCase().indexOf(term)).filter((place) => place >= 0);
  const begin = Math.max(0, Math.min(...places, text.length) - 40);
  const cut = places.length === 0 ? 0 : begin;
  const excerpt = text.slice(cut, cut + EXCERPT_CHARS).trim();
  return `${cut > 0 ? "…" : ""}${excerpt}${cut + EXCERPT_CHARS < text.length ? "…" : ""}`;
}
