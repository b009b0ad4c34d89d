// The same call in curl, Python and JavaScript. Keys are read from the environment: a key in code is a key in a repository.

import { publicPath } from "@/base-path";
import { CHAT, EMBEDDINGS, type Operation } from "./operations";

export interface CodeSample {
  id: string;
  label: string;
  code: string;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json | undefined };
export type Body = { [name: string]: Json | undefined };

export function baseUrl(): string {
  return window.location.origin + publicPath("/v1");
}

/** A first call of a model. */
export function firstCall(operation: Operation, model: string): CodeSample[] {
  return codeSamples(
    operation,
    operation === CHAT
      ? { model, messages: [{ role: "user", content: "Say hello." }] }
      : { model, input: ["The quick brown fox", "jumps over the lazy dog"] },
  );
}

export function codeSamples(operation: Operation, body: Body, base = baseUrl()): CodeSample[] {
  return [
    { id: "curl", label: "curl", code: curl(operation, body, base) },
    { id: "python", label: "Python", code: python(operation, body, base) },
    { id: "javascript", label: "JavaScript", code: javascript(operation, body, base) },
  ];
}

function curl(operation: Operation, body: Body, base: string): string {
  const text = JSON.stringify(body, null, 2).replaceAll("'", `'\\''`);
  return [
    `curl --fail-with-body -sS${body.stream === true ? "N" : ""} ${base}/${operation.path} \\`,
    `  -H "Authorization: Bearer $YUNXIN_API_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${text}'`,
  ].join("\n");
}

function python(operation: Operation, body: Body, base: string): string {
  const lines = [
    "import os",
    "",
    "from openai import OpenAI",
    "",
    "client = OpenAI(",
    `    api_key=os.environ["YUNXIN_API_KEY"],`,
    `    base_url=${JSON.stringify(base)},`,
    ")",
    `response = client.${operation.method}.create(`,
    ...entries(body).map(([name, value]) => `    ${name}=${pythonLiteral(value, 1)},`),
    ")",
  ];
  if (operation === EMBEDDINGS) lines.push("print(len(response.data[0].embedding))");
  else if (body.stream === true) {
    lines.push(
      "for chunk in response:",
      "    if chunk.choices and chunk.choices[0].delta.content:",
      `        print(chunk.choices[0].delta.content, end="", flush=True)`,
    );
  } else lines.push("print(response.choices[0].message.content)");
  return lines.join("\n");
}

function javascript(operation: Operation, body: Body, base: string): string {
  const lines = [
    `import OpenAI from "openai";`,
    "",
    "const client = new OpenAI({",
    "  apiKey: process.env.YUNXIN_API_KEY,",
    `  baseURL: ${JSON.stringify(base)},`,
    "});",
    `const response = await client.${operation.method}.create({`,
    ...entries(body).map(([name, value]) => `  ${name}: ${javascriptLiteral(value, 1)},`),
    "});",
  ];
  if (operation === EMBEDDINGS) lines.push("console.log(response.data[0].embedding.length);");
  else if (body.stream === true) {
    lines.push(
      "for await (const chunk of response) {",
      `  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");`,
      "}",
    );
  } else lines.push("console.log(response.choices[0].message.content);");
  return lines.join("\n");
}

function entries(object: { [name: string]: Json | undefined }): [string, Json][] {
  return Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

const LINE_WIDTH = 88;

export function pythonLiteral(value: Json, depth: number): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  return structure(value, depth, "    ", pythonLiteral, (name) => JSON.stringify(name));
}

function javascriptLiteral(value: Json, depth: number): string {
  const plainName = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
  return structure(value, depth, "  ", javascriptLiteral, plainName);
}

/** Lists and objects: on one line where they fit, else an item a line. */
function structure(
  value: Json,
  depth: number,
  indent: string,
  literal: (value: Json, depth: number) => string,
  nameOf: (name: string) => string,
): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => literal(item, depth + 1))
    : entries(value).map(([name, item]) => `${nameOf(name)}: ${literal(item, depth + 1)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const spaced = isList || indent.length === 4 ? "" : " ";
  const line = `${open}${spaced}${items.join(", ")}${spaced}${close}`;
  if (!line.includes("\n") && line.length + depth * indent.length <= LINE_WIDTH) return line;
  const inner = items.map((item) => indent.repeat(depth + 1) + item).join(",\n");
  return `${open}\n${inner},\n${indent.repeat(depth)}${close}`;
}
