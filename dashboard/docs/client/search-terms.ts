// From text to terms: words with their stems, parts of identifiers, and Chinese by pairs of characters.

/** Chinese has no spaces: a run of its characters is cut into pairs. */
const TERM = /\p{Script=Han}+|[\p{L}\p{N}_]+(?:[-.'’][\p{L}\p{N}_]+)*/gu;
const HAN = /^\p{Script=Han}/u;
/** Words that say nothing of what is searched for. */
const STOP = new Set(
  (
    "a an and are be by can cant cannot do does doesn't don't dont for from get gets getting give have how i i'm in into is isn't it its me my " +
    "need not of on or our please so that the there this to use used using want we what when where which who why will with " +
    "won't work working works you your"
  ).split(" "),
);

/** Terms of a text that is searched. */
export function termsOf(text: string): string[] {
  const words = (text.match(TERM) ?? []).flatMap((word) => (HAN.test(word) ? pairs(word) : parts(word)));
  return words.map((word) => word.toLowerCase());
}

/** A word as it is and its stem, so that both are found. */
export function forms(term: string): string[] {
  const stem = stemOf(term);
  return stem === term ? [term] : [term, stem];
}

/** Words of a query, without those that say nothing unless there are no others. */
export function wordsOf(query: string): string[] {
  const words = (query.match(TERM) ?? []).map((word) => word.toLowerCase());
  const telling = words.filter((word) => !STOP.has(word.replace("’", "'")));
  return telling.length > 0 ? telling : words;
}

export function isHan(word: string): boolean {
  return HAN.test(word);
}

/** `限制额` as `限制` and `制额`, and each character for queries of one. */
export function pairs(run: string): string[] {
  const letters = [...run];
  return [...letters, ...letters.slice(1).map((letter, index) => `${letters[index]}${letter}`)];
}

/** `rate_limit_exceeded` is found by `limit` too, and `baseURL` by `base`. */
function parts(word: string): string[] {
  const split = partsOf(word);
  return split.length > 1 ? [word, ...split] : [word];
}

/** What an identifier is made of; of a word, the word. */
export function partsOf(word: string): string[] {
  return word.split(/[_.'’-]|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
}

/** Endings and what stands for them; the first that fits and leaves enough of the word. */
const ENDINGS: [RegExp, string][] = [
  [/'s?$/, ""],
  [/(?:ational|ization|isation)s?$/, "at"],
  [/(?:ation|ating|ates?|ated|ators?|ative)s?$/, "at"],
  [/ies$/, "y"],
  [/ied$/, "y"],
  [/([^aeiou])\1(?:ing|ed|er)s?$/, "$1"],
  [/(?:ing|ings|ed|ers?|ments?|ness|ly|ions?|ives?|als?|ables?)$/, ""],
  [/(ss|x|ch|sh|z)es$/, "$1"],
  [/([^s])s$/, "$1"],
];
const STEM_MIN = 3;

/** `streaming`, `streams` and `streamed` are `stream`. Rough: both sides are cut the same way. */
export function stemOf(word: string): string {
  if (!/^[a-z']+$/.test(word)) return word;
  for (const [ending, instead] of ENDINGS) {
    const stem = word.replace(ending, instead);
    if (stem !== word && stem.length >= STEM_MIN && /[aeiouy]/.test(stem)) return stem.replace(/e$/, "");
  }
  return word.length > STEM_MIN ? word.replace(/e$/, "") : word;
}
