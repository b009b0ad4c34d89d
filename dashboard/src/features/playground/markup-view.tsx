import { Fragment, memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { type Block, type Inline, parseBlocks, parseInline } from "./markup";
import classes from "./markup.module.css";

/** Longer texts are shown as they are: formatting them would stop the page. */
const FORMATTED_CHARS_MAX = 100_000;

/** What a model wrote, by React nodes only. */
export const MarkupView = memo(function MarkupView({ text }: { text: string }) {
  const blocks = useMemo(() => (text.length > FORMATTED_CHARS_MAX ? null : parseBlocks(text)), [text]);
  if (blocks === null) return <pre className={classes.plain}>{text}</pre>;
  return (
    <div className={classes.markup}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text grows at its end, so a block keeps its place
        <BlockView key={index} source={JSON.stringify(block)} />
      ))}
    </div>
  );
});

/** By its source, so that of a growing text only the last block is drawn again. */
const BlockView = memo(function BlockView({ source }: { source: string }) {
  const block = JSON.parse(source) as Block;
  switch (block.kind) {
    case "code":
      return <CodeView language={block.language} text={block.text} />;
    case "heading":
      return (
        <p className={classes.heading} data-level={Math.min(block.level, 4)}>
          <InlineView text={block.text} />
        </p>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
        <li key={index}>
          <InlineView text={item} />
        </li>
      ));
      return block.isOrdered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case "quote":
      return (
        <blockquote>
          <InlineView text={block.text} />
        </blockquote>
      );
    case "table":
      return <TableView head={block.head} rows={block.rows} />;
    case "rule":
      return <hr />;
    case "paragraph":
      return (
        <p>
          <InlineView text={block.text} />
        </p>
      );
  }
});

function CodeView({ language, text }: { language: string; text: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.code}>
      <div className={classes.codeBar}>
        <span>{language}</span>
        <CopyButton value={text} label={t("copyCode")} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function TableView({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className={classes.table} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
              <th key={index}>
                <InlineView text={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <tr key={index}>
              {head.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
                <td key={column}>
                  <InlineView text={row[column] ?? ""} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function InlineView({ text }: { text: string }) {
  const parts = useMemo(() => parseInline(text), [text]);
  return <Parts parts={parts} />;
}

function Parts({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
    return <Fragment key={index}>{partNode(part)}</Fragment>;
  });
}

function partNode(part: Inline) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return (
        <strong>
          <Parts parts={part.children} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Parts parts={part.children} />
        </em>
      );
    case "link":
      return (
        <a href={part.href} title={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          <Parts parts={part.children} />
        </a>
      );
  }
}
