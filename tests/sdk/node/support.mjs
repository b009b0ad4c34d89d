// The clients of a test file, and how they are asked; `server.mjs` runs what they ask.
import { readFileSync } from "node:fs";
import * as current from "openai";
import * as older from "openai-for-node-20";

export { startYunxin } from "./server.mjs";

// The newest client, and the newest that names Node 20 in its `engines` (what npm picks there by itself).
export const clients = [
  { name: `openai ${version("openai")}`, sdk: current },
  { name: `openai ${version("openai-for-node-20")}`, sdk: older },
];

function version(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
}

/** A client of the given SDK that does not retry, so that a test sees the first response. */
export function connect(sdk, server, key, options = {}) {
  return new sdk.OpenAI({ baseURL: server.api, apiKey: key.secret ?? key, maxRetries: 0, timeout: 30_000, ...options });
}

export const say = (text) => [{ role: "user", content: text }];

/** A prompt that the sandbox obeys; `true` is a bare word. */
export function sandbox(orders, text = "Say something.") {
  const words = Object.entries(orders).map(([name, value]) => (value === true ? name : `${name}=${value}`));
  return `${text} [[sandbox: ${words.join(" ")}]]`;
}

export const words = (text) => text.split(/\s+/).filter(Boolean).length;

export async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Sleep to the next minute, but only when fewer than `need` seconds of this one are left. */
export async function freshMinute(need = 15) {
  const left = 60 - ((Date.now() / 1000) % 60);
  if (left < need) await new Promise((done) => setTimeout(done, left * 1000 + 200));
}

/** The first truthy value of `check()`, or its last one when the time is over. */
export async function eventually(check, seconds = 5) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value || performance.now() > deadline) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
}
