// Drives one Yunxin binary for a test file: a config file in a temporary folder, commands, signals.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { promisify } from "node:util";

const binary = process.env.YUNXIN_BINARY;
if (!binary) throw new Error("set YUNXIN_BINARY to the yunxin binary, or use `tests/run.py SUITE --yunxin PATH`");
const run = promisify(execFile);

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
