// The reference of the configuration, as Markdown, from the commented file of defaults that the binary carries.

const SECTION = /^\[([a-z_]+)\]$/;
const SETTING = /^([a-z_]+) = (.*)$/;
/** An example within a comment stands three spaces in. */
const EXAMPLE = /^# {3}/;

export function configReference(toml) {
  return sectionsOf(toml).map(sectionText).join("\n");
}

/** `[{ name, groups: [{ comment: [lines], settings: [{ name, value }] }] }]`: settings in a row share a comment. */
export function sectionsOf(toml) {
  const sections = [];
  let comment = [];
  for (const line of toml.split("\n")) {
    const section = SECTION.exec(line);
    const setting = SETTING.exec(line);
    if (section) {
      sections.push({ name: section[1], groups: [] });
      comment = [];
    } else if (line.startsWith("#")) {
      comment.push(line);
    } else if (setting && sections.length > 0) {
      const { groups } = sections.at(-1);
      if (comment.length > 0 || groups.length === 0) groups.push({ comment, settings: [] });
      groups.at(-1).settings.push({ name: setting[1], value: setting[2] });
      comment = [];
    }
  }
  return sections;
}

function sectionText({ name, groups }) {
  return `## ${name}\n\n${groups.map((group) => groupText(name, group)).join("\n")}`;
}

function groupText(section, { comment, settings }) {
  const names = settings.map(({ name }) => `${section}.${name}`).join(", ");
  const rows = settings.map(
    ({ name, value }) =>
      `| \`${name}\` | \`${value}\` | \`YUNXIN__${section.toUpperCase()}__${name.toUpperCase()}\` |`,
  );
  return `### ${names}

${commentText(comment)}

| Setting | Default | Environment variable |
|---|---|---|
${rows.join("\n")}
`;
}

function commentText(lines) {
  const text = [];
  let isExample = false;
  for (const line of lines) {
    const starts = EXAMPLE.test(line);
    if (starts && !isExample) text.push("", "```toml norun");
    if (!starts && isExample) text.push("```", "");
    isExample = starts;
    text.push(starts ? line.slice(4) : line.replace(/^# ?/, ""));
  }
  if (isExample) text.push("```");
  return text.join("\n").trim();
}
