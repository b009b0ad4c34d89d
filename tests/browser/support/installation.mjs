// Drives one Yunxin binary the way an operator does: a config file in a folder of its own, commands, signals.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const START_MS = 30_000;

// Everybody comes from one address here; what limits that has tests of its own in crates/*/tests.
const MANY = `sign_ups_burst = 100000
attempts_burst = 100000
address_attempts_burst = 100000
`;

function binary() {
  const path = process.env.YUNXIN_BINARY;
  if (!path) throw new Error("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py browser --yunxin PATH`");
  return path;
}

function cleanEnvironment() {
  const foreign = (name) => /^(YUNXIN|OPENAI_|TEST_)/.test(name) || /_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

/** A running server with a database of its own. `accounts` and `config` are lines of the config file. */
export async function startYunxin({ accounts = 'sign_up = "open"\n', config = "", listen = "127.0.0.1:0", before } = {}) {
  const root = mkdtempSync(join(tmpdir(), "yunxin-browser-"));
  const file = join(root, "yunxin.toml");
  writeFileSync(
    file,
    `[server]
listen = "${listen}"
metrics_listen = "127.0.0.1:0"
data_dir = "${root}/data"

[accounts]
${MANY}${accounts}
${config}`,
  );
  const options = { cwd: root, env: cleanEnvironment() };
  const cli = async (...command) => {
    const { stdout } = await run(binary(), [...command, "--config", file, "--json"], { ...options, timeout: 120_000 });
    return stdout.trim() ? JSON.parse(stdout) : undefined;
  };
  await before?.(cli);

  const log = join(root, "stderr.log");
  const logFile = openSync(log, "a");
  const server = spawn(binary(), ["serve", "--config", file, "--json"], { ...options, stdio: ["ignore", "pipe", logFile] });
  closeSync(logFile);
  const exited = once(server, "exit");
  const stop = async () => {
    server.kill("SIGKILL");
    await exited;
    rmSync(root, { recursive: true, force: true });
  };
  const first = once(createInterface({ input: server.stdout }), "line", { signal: AbortSignal.timeout(START_MS) });
  const line = await Promise.race([first.then(([text]) => text), exited.then(() => undefined)]);
  if (line === undefined) {
    const text = readFileSync(log, "utf8").slice(-2000);
    await stop();
    throw new Error(`serve did not start:\n${text}`);
  }
  const info = JSON.parse(line);
  return { info, url: info.url.replace(/\/$/, ""), cli, stop, log: () => readFileSync(log, "utf8") };
}

/** The sandbox alone, as the server of a payment provider. */
export async function startSandbox() {
  const sandbox = spawn(binary(), ["sandbox", "--listen", "127.0.0.1:0", "--json"], { env: cleanEnvironment(), stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(sandbox, "exit");
  const stop = async () => {
    sandbox.kill("SIGKILL");
    await exited;
  };
  const [line] = await once(createInterface({ input: sandbox.stdout }), "line", { signal: AbortSignal.timeout(START_MS) });
  return { url: JSON.parse(line).url.replace(/\/(v1)?\/?$/, ""), stop };
}
