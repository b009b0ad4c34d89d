// Files and batches through the official Node client.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clients, collect, connect, eventually, say, startYunxin } from "./support.mjs";

const server = await startYunxin();
const key = await server.key("enterprise");
const OVER = ["completed", "failed", "expired", "cancelled"];

for (const { name, sdk } of clients) {
  describe(name, () => {
    const client = connect(sdk, server, key);
    const line = (id) => {
      const body = { model: "sandbox-small", messages: say("hello"), max_tokens: 10 };
      return JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body });
    };
    const upload = async (lines) => {
      const file = await sdk.toFile(Buffer.from(lines.join("\n")), "requests.jsonl");
      return client.files.create({ purpose: "batch", file });
    };

    test("a file is created, listed, read and deleted", async () => {
      const file = await upload([line("one")]);
      assert.deepEqual([file.object, file.filename, file.purpose], ["file", "requests.jsonl", "batch"]);
      assert.deepEqual(await client.files.retrieve(file.id), file);
      assert.ok((await collect(client.files.list())).some((one) => one.id === file.id));
      assert.equal(await (await client.files.content(file.id)).text(), line("one"));
      const deleted = await (client.files.delete ?? client.files.del).call(client.files, file.id);
      assert.equal(deleted.deleted, true);
      await assert.rejects(client.files.retrieve(file.id), sdk.NotFoundError);
    });

    test("a batch runs and leaves its results", async () => {
      const file = await upload(["a", "b", "c"].map(line));
      const made = await client.batches.create({
        input_file_id: file.id,
        endpoint: "/v1/chat/completions",
        completion_window: "24h",
        metadata: { job: "nightly" },
      });
      assert.deepEqual(made.metadata, { job: "nightly" });
      const batch = await eventually(async () => {
        const seen = await client.batches.retrieve(made.id);
        return OVER.includes(seen.status) && seen;
      }, 30);
      assert.equal(batch.status, "completed");
      assert.deepEqual(batch.request_counts, { total: 3, completed: 3, failed: 0 });
      const text = await (await client.files.content(batch.output_file_id)).text();
      const results = text.trim().split("\n").map((result) => JSON.parse(result));
      assert.deepEqual(results.map((result) => result.custom_id).sort(), ["a", "b", "c"]);
      await assert.rejects(client.batches.cancel(batch.id), sdk.ConflictError);
    });

    test("a file that is no JSON Lines is refused with its line", async () => {
      await assert.rejects(upload([line("one"), "no json"]), (error) => error.code === "invalid_file" && /line 2/.test(error.message));
    });
  });
}
