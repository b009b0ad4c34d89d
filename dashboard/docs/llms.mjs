// The documentation for programs that read it: an index, and everything in one file.

export function llmsIndex(site) {
  const sections = site.sections.map(({ title, audience, pages }) => {
    const lines = pages.map(
      ({ slug, title: name, summary }) =>
        `- [${name.en}]({{base_url}}/docs/${slug}.md)${summary ? `: ${summary}` : ""}`,
    );
    return `## ${audience === "operators" ? "For operators: " : ""}${title.en}\n\n${lines.join("\n")}`;
  });
  return `# Yunxin

> One OpenAI-compatible API in front of many model providers. This installation answers at {{base_url}}.

Every page is also one file: [{{base_url}}/docs/llms-full.txt]({{base_url}}/docs/llms-full.txt). The API document is at [{{base_url}}/openapi.json]({{base_url}}/openapi.json).

${sections.join("\n\n")}

## 简体中文

${translations(site.pages).join("\n")}
`;
}

function translations(pages) {
  const articles = pages.flatMap(({ slug, articles }) =>
    Object.entries(articles).map((article) => [slug, ...article]),
  );
  return articles.map(
    ([slug, language, { heading, summary }]) =>
      `- [${heading}]({{base_url}}/docs/${slug}.${language}.md): ${summary}`,
  );
}

export function llmsFull(pages) {
  const whole = pages.map(
    ({ slug, markdown }) => `<!-- {{base_url}}/docs/${slug} -->\n\n${markdown.trim()}\n`,
  );
  return whole.join("\n\n");
}
