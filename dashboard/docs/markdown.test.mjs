import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { configReference, sectionsOf as settingsOf } from "./config-reference.mjs";
import { anchorOf, anchors } from "./html.mjs";
import { createRenderer } from "./markdown.mjs";
import { sectionsOf } from "./search-data.mjs";

let renderer;
beforeAll(async () => {
  renderer = await createRenderer();
});

const page = (text) => renderer.page(`# Title\n\nSummary of *it*.\n\n${text}`);

describe("a page", () => {
  it("has a title, a summary and headings with anchors", () => {
    const { heading, summary, headings, html } = page("## One `thing`\n\n### Two\n\n## One thing\n");
    expect({ heading, summary }).toEqual({ heading: "Title", summary: "Summary of it." });
    expect(headings.map(({ anchor }) => anchor)).toEqual(["one-thing", "two", "one-thing-2"]);
    expect(html).toContain('<h2 id="one-thing">');
    expect(() => renderer.page("no title")).toThrow("begins with");
  });

  it("has no HTML of its author's", () => {
    expect(page("<script>alert(1)</script>").html).not.toContain("<script>");
  });

  it("keeps the gaps that the server fills, also in code and links", () => {
    const { html } = page(
      'At {{base_url}}, `{{base_url}}/v1`, [here]({{base_url}}/v1).\n\n{{tiers}}\n\n```bash\ncurl "{{base_url}}/v1"\n```\n',
    );
    expect(html.match(/\{\{base_url\}\}/g)).toHaveLength(4);
    expect(html).toContain('href="{{base_url}}/v1"');
    expect(html).toContain("\n{{tiers}}\n");
    expect(html).not.toContain("<p>{{tiers}}");
  });
});

describe("code", () => {
  it("is coloured by classes and never by styles", () => {
    const { html } = page('```python\nimport os\nprint("x < y")  # why\n```\n');
    expect(html).toContain("k-keyword");
    expect(html).toContain("k-string");
    expect(html).toContain("k-comment");
    expect(html).toContain("x &lt; y");
    expect(html).not.toContain("style=");
  });

  it("is in tabs where samples stand one after another, and only there", () => {
    const { html } = page(
      "```bash tab=curl\ncurl\n```\n\n```python tab=Python\npass\n```\n\nText.\n\n```bash tab=curl\ncurl\n```\n",
    );
    expect(html.match(/class="tabs"/g)).toHaveLength(1);
    expect(html.match(/data-tab="/g)).toHaveLength(2);
  });

  it("has what curl prints below curl, and what programs print below them", () => {
    const tabs = "```bash tab=curl\ncurl\n```\n\n```python tab=Python\npass\n```\n\n";
    const { html } = page(`${tabs}\`\`\`json output\n{"a": 1}\n\`\`\`\n\n\`\`\`text output\none\n\`\`\`\n`);
    const [, curl, python] = html.split("data-tab=");
    expect(curl).toContain("k-keyword");
    expect(curl).not.toContain("one");
    expect(python).toContain("one");
    expect(html.match(/class="code output"/g)).toHaveLength(2);
  });

  it("marks the models that it names", () => {
    const { html } = page(
      `\`\`\`bash\ncurl -d '{"model": "sandbox-small"}'\n\`\`\`\n\n\`\`\`python\nf(model="sandbox-embedding")\n\`\`\`\n`,
    );
    expect(html).toContain('<span data-model="chat">sandbox-small</span>');
    expect(html).toContain('<span data-model="embedding">sandbox-embedding</span>');
    const missing = page('```bash\ncurl -d \'{"model": "no-such-model"}\'\n```\n').html;
    expect(missing).toContain("no-such-model");
    expect(missing).not.toContain("data-model");
  });

  it("says what is output", () => {
    expect(page("```json output\n{}\n```\n").html).toContain('class="code output"');
  });
});

it("callouts say what they are, and other quotes stay quotes", () => {
  const { html } = page("> [!WARNING]\n> Take care.\n\n> Said somebody.\n");
  expect(html).toContain('<div role="note" class="callout warning" aria-label="{{t.warning}}">');
  expect(html).toContain("<p>Take care.</p>");
  expect(html.match(/<\/div>/g)).toHaveLength(1);
  expect(html).toContain("<blockquote>");
});

it("a header cell without words is no header", () => {
  const { html } = page("| | Free |\n|---|---|\n| Price | 0 |\n");
  expect(html).toContain("<td></td>");
  expect(html).toContain("<th>Free</th>");
});

it("anchors are words in lower case, each once", () => {
  expect(anchorOf("Invalid `key`, why?")).toBe("invalid-key-why");
  expect(anchorOf("rate_limit_exceeded")).toBe("rate_limit_exceeded");
  const next = anchors();
  expect([next("A"), next("a"), next("B")]).toEqual(["a", "a-2", "b"]);
});

it("each section of a page is searched under its heading", () => {
  const markdown =
    "# T\n\nWhat it is.\n\n## One\n\n```bash\n# no heading\nls\n```\n\n| a | b |\n|---|---|\n| c | d |\n";
  const title = { en: "T" };
  const found = sectionsOf({ slug: "t", title, markdown, ...renderer.page(markdown) });
  expect(found.map(({ u, h }) => [u, h])).toEqual([
    ["/docs/t", ""],
    ["/docs/t#one", "One"],
  ]);
  expect(found[0].t).toBe("What it is.");
  expect(found[1].t).toContain("c d");
});

describe("the reference of the configuration", () => {
  const toml = readFileSync(join(import.meta.dirname, "../../config.default.toml"), "utf8");

  it("has every setting of the file with its comment", () => {
    const settings = settingsOf(toml).flatMap(({ groups }) => groups.flatMap((group) => group.settings));
    expect(settings).toHaveLength(toml.match(/^[a-z_]+ = /gm).length);
  });

  it("names the environment variable", () => {
    expect(configReference(toml)).toContain("`YUNXIN__SERVER__LISTEN`");
  });
});
