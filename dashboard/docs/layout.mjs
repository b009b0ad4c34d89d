// The page around an article. `{{t.…}}` are words that the server puts in, in the reader's language.
import { escapeHtml } from "./html.mjs";
import { ICONS } from "./icons.mjs";
import { AUDIENCES } from "./site.mjs";
import { LANGUAGES } from "./texts.mjs";

const LANGUAGE_NAMES = { en: "English", "zh-CN": "简体中文", "zh-TW": "繁體中文" };
/** Longer tables of contents show the first level only. */
const CONTENTS_MAX = 60;

/** `shown`: a page, and which of its articles is shown in which language. */
export function pageHtml(site, { page, article, language }, around, assets) {
  return document(site, {
    slug: page.slug,
    title: `${article.heading} · Yunxin`,
    head: `<meta name="description" content="${escapeHtml(article.summary)}">
<link rel="alternate" type="text/markdown" href="${markdownOf(page, language)}">${alternates(page)}`,
    main: `${pageTools(page, language)}
${article.uses?.models ? READER : ""}
<article class="prose" lang="${language}">
${article.html}</article>
${pager(around)}
${FEEDBACK}`,
    aside: contents(article.headings, language),
    assets,
  });
}

function markdownOf({ slug }, language) {
  return `/docs/${slug}${language === "en" ? "" : `.${language}`}.md`;
}

/** For search engines: where the same article is in another language. */
function alternates({ slug, articles }) {
  const languages = Object.keys(articles);
  if (languages.length === 0) return "";
  const link = (language, query) =>
    `\n<link rel="alternate" hreflang="${language}" href="/docs/${slug}${query}">`;
  const links = ["en", ...languages].map((language) => link(language, `?lang=${language}`));
  return [...links, link("x-default", "")].join("");
}

export function notFoundHtml(site, assets) {
  return document(site, {
    slug: "",
    title: "404 · Yunxin",
    head: '<meta name="robots" content="noindex">',
    main: `<div class="prose"><h1>{{t.notFound}}</h1>
<p>{{t.notFoundText}}</p>
<p><a href="/docs">{{t.start}}</a></p></div>`,
    aside: "",
    assets,
  });
}

function document(site, { slug, title, head, main, aside, assets }) {
  return `<!doctype html>
<html lang="{{lang}}" data-base="">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
${head}
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
<script src="/color-scheme.js"></script>
<script type="module" src="${assets.script}"></script>
</head>
<body data-page="${slug}" data-search="${assets.search}" data-session="{{session}}">
<a class="skip" href="#main">{{t.skip}}</a>
${header()}
<div class="frame">
${navigation(site, slug)}
<main id="main" tabindex="-1">
${main}
${footer()}
</main>
<div class="side">${aside}</div>
</div>
${searchDialog()}
${clientTexts()}
</body>
</html>
`;
}

function header() {
  return `<header class="top">
<button type="button" class="icon-button menu" aria-controls="navigation" aria-expanded="false" aria-label="{{t.menu}}">${ICONS.menu}</button>
<a class="brand" href="/docs">${ICONS.mark}<span class="brand-name">Yunxin</span><span class="brand-part">{{t.docs}}</span></a>
<button type="button" class="search-button" aria-haspopup="dialog" aria-keyshortcuts="/ Control+K">${ICONS.search}<span>{{t.search}}</span><kbd aria-hidden="true">Ctrl K</kbd></button>
<div class="top-end">
<label class="language">${ICONS.language}<span class="hidden">{{t.language}}</span><select name="language">${languageOptions()}</select></label>
<div class="themes" role="group" aria-label="{{t.theme}}">
${themeButton("light", "themeLight")}${themeButton("dark", "themeDark")}${themeButton("auto", "themeSystem")}
</div>
<a class="to-dashboard" href="/">{{t.dashboard}}</a>
</div>
</header>`;
}

function languageOptions() {
  const option = (language) =>
    `<option value="${language}" lang="${language}">${LANGUAGE_NAMES[language]}</option>`;
  return LANGUAGES.map(option).join("");
}

function themeButton(value, name) {
  return `<button type="button" class="icon-button" data-theme="${value}" aria-pressed="false" aria-label="{{t.${name}}}" title="{{t.${name}}}">${ICONS[value]}</button>`;
}

function navigation(site, current) {
  const link = ({ slug }) => {
    const state = slug === current ? ' aria-current="page"' : "";
    return `<li><a href="/docs/${slug}"${state}>{{t.page.${slug}}}</a></li>`;
  };
  const section = ({ pages }, index) => `<p class="nav-title" id="nav-${index}">{{t.section.${index}}}</p>
<ul aria-labelledby="nav-${index}">${pages.map(link).join("")}</ul>`;
  const here = site.sections.find(({ pages }) => pages.some(({ slug }) => slug === current));
  const group = (audience) => {
    const isOpen = audience === (here?.audience ?? AUDIENCES[0]);
    const sections = site.sections.map((one, index) =>
      one.audience === audience ? section(one, index) : "",
    );
    return `<details class="nav-audience"${isOpen ? " open" : ""}><summary>{{t.audience.${audience}}}</summary>
${sections.join("\n")}
</details>`;
  };
  return `<nav id="navigation" class="nav" aria-label="{{t.navigation}}">
<a class="nav-dashboard" href="/">{{t.dashboard}}</a>
${AUDIENCES.map(group).join("\n")}
</nav>`;
}

function pageTools(page, language) {
  return `<div class="tools">
${languagesOf(page, language)}
<button type="button" class="tool copy-page" hidden>${ICONS.copy}<span>{{t.copyPage}}</span></button>
<a class="tool view-markdown" href="${markdownOf(page, language)}">${ICONS.text}<span>{{t.viewMarkdown}}</span></a>
</div>`;
}

/** The languages of an article to choose from, or that it is in English only. */
function languagesOf({ articles }, shown) {
  const languages = ["en", ...Object.keys(articles)];
  if (languages.length === 1) return `<p class="english-only">{{t.englishOnly}}</p>`;
  const link = (language) => {
    const name = LANGUAGE_NAMES[language];
    if (language === shown) return `<span lang="${language}" aria-current="true">${name}</span>`;
    return `<a href="?lang=${language}" hreflang="${language}" lang="${language}">${name}</a>`;
  };
  return `<p class="article-languages">${languages.map(link).join(" · ")}</p>`;
}

/** What the samples of a signed-in reader name. */
const READER = `<div class="reader" hidden>
<label><span>{{t.samplesModel}}</span><select name="chat"></select></label>
<label><span>{{t.samplesEmbedding}}</span><select name="embedding"></select></label>
<p><span>{{t.samplesBase}}</span> <code>{{base_url}}/v1</code></p>
</div>`;

function contents(headings, language) {
  const levels = headings.filter(({ level }) => level <= 3).length > CONTENTS_MAX ? [2] : [2, 3];
  const shown = headings.filter(({ level }) => levels.includes(level));
  if (shown.length < 2) return "";
  const link = ({ level, anchor, text }) =>
    `<li class="level-${level}"><a href="#${anchor}">${escapeHtml(text)}</a></li>`;
  return `<nav class="contents" aria-labelledby="contents-title"><p id="contents-title">{{t.onThisPage}}</p>
<ul lang="${language}">${shown.map(link).join("")}</ul></nav>`;
}

function pager({ previous, next }) {
  const link = (page, rel) =>
    page
      ? `<a class="${rel}" rel="${rel}" href="/docs/${page.slug}"><span>{{t.${rel === "prev" ? "previous" : "next"}}}</span><b>{{t.page.${page.slug}}}</b></a>`
      : "";
  return `<nav class="pager" aria-label="{{t.previous}} / {{t.next}}">${link(previous, "prev")}${link(next, "next")}</nav>`;
}

const FEEDBACK = `<section class="feedback" aria-labelledby="feedback-title" hidden>
<form>
<h2 id="feedback-title">{{t.feedback}}</h2>
<div class="feedback-choice" role="group" aria-labelledby="feedback-title">
<button type="button" value="yes" aria-pressed="false">${ICONS.up}{{t.feedbackYes}}</button>
<button type="button" value="no" aria-pressed="false">${ICONS.down}{{t.feedbackNo}}</button>
</div>
<div class="feedback-more" hidden>
<label for="feedback-text">{{t.feedbackText}}</label>
<textarea id="feedback-text" maxlength="2000" rows="3" aria-describedby="feedback-hint"></textarea>
<p id="feedback-hint">{{t.feedbackHint}}</p>
<button type="submit" class="primary">{{t.feedbackSend}}</button>
</div>
</form>
<p role="status"></p>
</section>`;

function footer() {
  const links = LANGUAGES.map(
    (language) =>
      `<a href="?lang=${language}" hreflang="${language}" lang="${language}">${LANGUAGE_NAMES[language]}</a>`,
  );
  return `<footer class="foot"><p>{{t.footer}}</p>
<p>${links.join("")}<a href="/docs/llms-full.txt">llms.txt</a><a href="/openapi.json">{{t.apiDocument}}</a></p></footer>`;
}

function searchDialog() {
  return `<dialog class="search" aria-label="{{t.searchLong}}">
<div class="search-head">${ICONS.search}<input type="search" role="combobox" aria-expanded="true" aria-controls="search-results" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="{{t.searchLong}}" aria-label="{{t.searchLong}}"><button type="button" class="search-close">{{t.close}}</button></div>
<div id="search-results" role="listbox" aria-label="{{t.searchLong}}"></div>
<p class="search-note" role="status"></p>
</dialog>`;
}

/** Words that the script says. */
function clientTexts() {
  const names = [
    "copy",
    "copied",
    "copyFailed",
    "searchNone",
    "searchFailed",
    "searchCount",
    "feedbackThanks",
    "feedbackLater",
    "feedbackFailed",
    "codeLanguage",
  ];
  return `<div id="texts" hidden ${names.map((name) => `data-${kebab(name)}="{{t.${name}}}"`).join(" ")}></div>`;
}

function kebab(name) {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
