// What searches: an index over the sections of all pages, made in the browser.
import MiniSearch, { type Query, type SearchResult } from "minisearch";
import { chineseMeanings, type Meaning, meaningsOf } from "./search-synonyms";
import { forms, isHan, pairs, partsOf, stemOf, termsOf, wordsOf } from "./search-terms";

export interface Section {
  /** Its address. */
  u: string;
  /** The page's title by language. */
  p: Record<string, string>;
  /** The heading; empty for the page itself. */
  h: string;
  t: string;
  /** Words of its code. */
  c?: string;
  /** Words that people search for when they mean the page. */
  s?: string;
  /** The language of its article, where that is a translation. */
  l?: string;
}

export interface Found {
  address: string;
  page: string;
  heading: string;
  excerpt: string;
}

const FOUND_MAX = 20;
/** Sections of one page before others have had their turn. */
const PER_PAGE = 2;
const EXCERPT_CHARS = 140;
/** What a synonym counts, beside the word itself. */
const SYNONYM_WEIGHT = 0.35;
/** A title or heading that is just what was typed. */
const SAME_WEIGHT = 4;
/** Entries of the API reference, which name everything. */
const REFERENCE_WEIGHT = 0.4;
const FIELDS = { title: 5, search: 5, heading: 3, text: 1, whole: 0.4, code: 0.4, page: 0.5 };
type Field = keyof typeof FIELDS;
/** Without the title of a section's page, or each section of a page would be found by its title alone. */
const OWN_FIELDS = Object.keys(FIELDS).filter((field) => field !== "page");

export async function createIndex(address: string, language: string): Promise<(query: string) => Found[]> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const sections = (await answer.json()) as Section[];
  return indexOf(sections, language);
}

export function indexOf(sections: Section[], language: string): (query: string) => Found[] {
  const index = new MiniSearch({ fields: Object.keys(FIELDS), tokenize: termsOf, processTerm: forms });
  index.addAll(sections.map((section, id) => ({ id, ...fieldsOf(section, sections) })));
  const translated = new Map(
    sections.filter(({ l }) => l === language).map((section) => [section.u, section]),
  );
  return (query) => {
    const words = wordsOf(query);
    if (words.length === 0) return [];
    const isShown = ({ l }: Section) => l === undefined || l === language || words.some(isHan);
    const ranked = rank(index, sections, words).filter(({ section }) => isShown(section));
    return inTurns(inLanguage(ranked, translated))
      .slice(0, FOUND_MAX)
      .map(({ section, terms }) => found(section, terms, language));
  };
}

/** What was found in English is shown in the reader's language where it was translated, and once. */
function inLanguage(ranked: Ranked[], translated: Map<string, Section>): Ranked[] {
  const seen = new Set<string>();
  return ranked.flatMap(({ section, terms }) => {
    if (seen.has(section.u)) return [];
    seen.add(section.u);
    return [{ section: translated.get(section.u) ?? section, terms }];
  });
}

/** A page is found by its title, its words and all of its text; a section by its own. */
function fieldsOf(section: Section, sections: Section[]): Record<Field, string> {
  const title = Object.values(section.p).join(" ");
  const own = { heading: section.h, text: section.t, code: section.c ?? "" };
  if (section.h !== "") return { ...own, page: title, title: "", search: "", whole: "" };
  const rest = sections.filter((other) => other.l === section.l && other.u.startsWith(`${section.u}#`));
  const whole = rest.map(({ h, t, c = "" }) => `${h} ${t} ${c}`).join(" ");
  return { ...own, page: "", title, search: section.s ?? "", whole };
}

interface Ranked {
  section: Section;
  terms: string[];
}

/** What has all that was asked for, then what has some of it. */
function rank(index: MiniSearch, sections: Section[], words: string[]): Ranked[] {
  const queries = groups(index, words);
  const typed = words.join(" ");
  const options = {
    fields: queries.length > 1 ? Object.keys(FIELDS) : OWN_FIELDS,
    boost: FIELDS,
    tokenize: (text: string) => [text],
    processTerm: (term: string) => term,
    boostDocument: (id: number) => weightOf(sections[id], typed),
  };
  const search = (combineWith: "AND" | "OR") => index.search({ combineWith, queries }, options);
  const all = search("AND");
  const known = new Set(all.map(({ id }) => id));
  const some = queries.length > 1 ? search("OR").filter(({ id }) => !known.has(id)) : [];
  return [...all, ...some].flatMap(({ id, terms }: SearchResult) => {
    const section = sections[id as number];
    return section ? [{ section, terms }] : [];
  });
}

function weightOf(section: Section | undefined, typed: string): number {
  if (!section) return 1;
  const names = section.h === "" ? Object.values(section.p) : [section.h];
  const isSame = names.some((name) => wordsOf(name).join(" ") === typed);
  const isReference = section.h !== "" && section.u.startsWith("/docs/api-reference");
  return (isSame ? SAME_WEIGHT : 1) * (isReference ? REFERENCE_WEIGHT : 1);
}

/** A query for each thing that was asked for. */
function groups(index: MiniSearch, typed: string[]): Query[] {
  const words = typed.flatMap((word) => (isKnown(index, word) ? [word] : partsOf(word)));
  const meanings = words.some(isHan)
    ? words.flatMap((word) => (isHan(word) ? chineseMeanings(word) : meaningsOf([word])))
    : meaningsOf(words);
  return meanings.map((meaning, place) => group(index, meaning, place === meanings.length - 1));
}

function group(index: MiniSearch, { typed, same }: Meaning, isLast: boolean): Query {
  const words = typed.split(" ");
  const own: Query = {
    combineWith: isHan(typed) && same.length === 0 ? "OR" : "AND",
    queries: words.flatMap((word, place) => wordQueries(index, word, isLast && place === words.length - 1)),
  };
  const others = same.map(
    (phrase): Query => ({
      combineWith: "AND",
      boostTerm: () => SYNONYM_WEIGHT,
      queries: termsOf(phrase).map((term) => stemOf(term)),
    }),
  );
  return { combineWith: "OR", queries: [own, ...others] };
}

/** The word, as its begin where it is the last one, its stem, and what is spelt alike where nobody wrote it. */
function wordQueries(index: MiniSearch, word: string, isLast: boolean): Query[] {
  if (isHan(word))
    return [...word].length === 1 ? [word] : pairs(word).filter((pair) => [...pair].length === 2);
  const fuzzy = !isKnown(index, word) && word.length > 4 ? 0.2 : false;
  return [{ combineWith: "OR", prefix: isLast && word.length > 1, fuzzy, queries: forms(word) }];
}

function isKnown(index: MiniSearch, word: string): boolean {
  const options = { tokenize: (text: string) => [text], processTerm: (term: string) => term };
  return forms(word).some((form) => index.search(form, options).length > 0);
}

/** No page crowds out the others: what it has beyond its share comes last. */
function inTurns(ranked: Ranked[]): Ranked[] {
  const counts = new Map<string, number>();
  const late: Ranked[] = [];
  const first = ranked.filter((one) => {
    const page = one.section.u.split("#")[0] ?? "";
    const count = (counts.get(page) ?? 0) + 1;
    counts.set(page, count);
    if (count > PER_PAGE) late.push(one);
    return count <= PER_PAGE;
  });
  return [...first, ...late];
}

function found(section: Section, terms: string[], language: string): Found {
  const page = section.p[section.l ?? language] ?? section.p.en ?? "";
  const [path, anchor] = section.u.split("#");
  const query = section.l === undefined || section.l === language ? "" : `?lang=${section.l}`;
  const address = `${path}${query}${anchor ? `#${anchor}` : ""}`;
  return { address, page, heading: section.h, excerpt: excerptOf(section.t, terms) };
}

function excerptOf(text: string, terms: string[]): string {
  const places = terms.map((term) => text.toLowerCase().indexOf(term)).filter((place) => place >= 0);
  const begin = Math.max(0, Math.min(...places, text.length) - 40);
  const cut = places.length === 0 ? 0 : begin;
  const excerpt = text.slice(cut, cut + EXCERPT_CHARS).trim();
  return `${cut > 0 ? "…" : ""}${excerpt}${cut + EXCERPT_CHARS < text.length ? "…" : ""}`;
}
