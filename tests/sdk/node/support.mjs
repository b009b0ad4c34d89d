// Drives one Yunxin binary for a test file: a config file in a temporary folder, commands, signals.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { promisify } from "node:util";
import * as current from "openai";
import * as older from "openai-for-node-20";

// The newest client, and the newest that names Node 20 in its `engines` (what npm picks there by itself).
export const clients = [
  { name: `openai ${version("openai")}`, sdk: current },
  { name: `openai ${version("openai-for-node-20")}`, sdk: older },
];

const binary = process.env.YUNXIN_BINARY;
if (!binary) throw new Error("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py sdk --yunxin PATH`");
const run = promisify(execFile);

function version(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
}

function cleanEnvironment() {
  const foreign = (name) => /^(YUNXIN|OPENAI_|TEST_)/.test(name) || /_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

for (const name of Object.keys(process.env)) if (/^OPENAI_/.test(name)) delete process.env[name];

/** Start a gateway for this test file; it is killed and its folder removed when the file is done. */
export async function startYunxin() {
  const root = mkdtempSync(join(tmpdir(), "yunxin-node-"));
  const config = join(root, "yunxin.toml");
  writeFileSync(
    config,
    `[server]
listen = "127.0.0.1:0"
metrics_listen = "127.0.0.1:0"
data_dir = "${root}/data"

[database]
url = "sqlite:${root}/data/yunxin.db"
`,
  );
  const log = join(root, "stderr.log");
  const logFile = openSync(log, "a");
  const options = { cwd: root, env: cleanEnvironment() };
  const server = spawn(binary, ["serve", "--config", config, "--json"], { ...options, stdio: ["ignore", "pipe", logFile] });
  closeSync(logFile);
  const exited = once(server, "exit");
  after(async () => {
    server.kill("SIGKILL");
    await exited;
    rmSync(root, { recursive: true, force: true });
  });

  const lines = createInterface({ input: server.stdout });
  const first = once(lines, "line", { signal: AbortSignal.timeout(30_000) }).then(([line]) => line);
  const line = await Promise.race([first, exited.then(() => undefined)]);
  if (line === undefined) throw new Error(`serve did not start:\n${readFileSync(log, "utf8").slice(-2000)}`);
  const info = JSON.parse(line);

  async function cli(...command) {
    const { stdout } = await run(binary, [...command, "--config", config, "--json"], { ...options, timeout: 30_000 });
    return stdout.trim() ? JSON.parse(stdout) : undefined;
  }

  let accounts = 0;
  return {
    info,
    url: info.url,
    api: `${info.url.replace(/\/$/, "")}/v1`,
    cli,
    /** A new key, on a new account unless one is given. */
    async key(tier, { account, options: more = [] } = {}) {
      accounts += 1;
      const email = `${tier}-${accounts}-${process.pid}@example.test`;
      account ??= (await cli("account", "create", "--email", email, "--tier", tier)).id;
      const made = await cli("key", "create", "--account", account, "--name", "node suite", ...more);
      return { id: made.id, secret: made.key, account };
    },
  };
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
