// What a translation shares with the English page: its headings, whose anchors it has, and its samples, which the tests run.

const FENCED = /^```[^\n]*\n[\s\S]*?^```$/gm;

/** Why a translation no longer follows its page; null where it does. */
export function faultOf(page, article, language) {
  const place = `docs/site/${language}/${page.slug}.md`;
  const levels = ({ headings }) => headings.map(({ level }) => level);
  if (`${levels(page)}` !== `${levels(article)}`) return `${place}: other headings than the English page`;
  const samples = page.markdown.match(FENCED) ?? [];
  const translated = article.markdown.match(FENCED) ?? [];
  const other = samples.findIndex((sample, index) => sample !== translated[index]);
  if (other >= 0) return `${place}: not the English page's sample ${samples[other].slice(0, 200)}`;
  return samples.length === translated.length ? null : `${place}: more samples than the English page`;
}
