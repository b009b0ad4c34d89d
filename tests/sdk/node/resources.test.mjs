// Embeddings, models and the limit headers through the official Node client.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clients, collect, connect, freshMinute, say, startYunxin } from "./support.mjs";

const server = await startYunxin();
const key = await server.key("enterprise");
const limited = await server.key("basic");

for (const { name, sdk } of clients) {
  describe(name, () => {
    const client = connect(sdk, server, key);
    const embed = (input, more = {}) => client.embeddings.create({ model: "sandbox-embedding", input, ...more });

    test("a text has one vector, the same in every encoding", async () => {
      const plain = (await embed("a text", { encoding_format: "float" })).data[0].embedding;
      const decoded = (await embed("a text")).data[0].embedding;
      const packed = (await embed("a text", { encoding_format: "base64" })).data[0].embedding;
      assert.equal(typeof packed, "string");
      assert.ok(plain.length > 0);
      assert.deepEqual(decoded.map(Math.fround), plain.map(Math.fround));
      assert.equal(Buffer.from(packed, "base64").length, plain.length * 4);
    });

    test("an array has a vector for each", async () => {
      const response = await embed(["one", "two", "three"]);
      assert.deepEqual(response.data.map((item) => item.index), [0, 1, 2]);
    });

    test("dimensions sets the length", async () => {
      assert.equal((await embed("short", { dimensions: 16 })).data[0].embedding.length, 16);
    });

    test("moderations say what is flagged, by category", async () => {
      const { results } = await client.moderations.create({ model: "sandbox-moderation", input: ["a nice day", "I attack"] });
      assert.deepEqual(results.map((result) => result.flagged), [false, true]);
      assert.ok(results[1].categories.violence && results[1].category_scores.violence > 0.5);
    });

    test("documents are ranked through the client's own post", async () => {
      const body = { model: "sandbox-rerank", query: "a key", documents: ["wind", "a key"], top_n: 1 };
      const { results } = await client.post("/rerank", { body });
      assert.deepEqual(results.map((result) => result.index), [1]);
    });

    test("models are listed, filtered and retrieved", async () => {
      const ids = (await collect(client.models.list())).map((model) => model.id);
      assert.ok(ids.includes("sandbox-small") && ids.includes("sandbox-embedding"));
      const filtered = await collect(client.models.list({ query: { type: "embedding" } }));
      assert.ok(filtered.length > 0 && filtered.every((model) => model.model_type === "embedding"));
      assert.equal((await client.models.retrieve("sandbox-premium")).min_tier, "pro");
      assert.ok((await client.models.retrieve("sandbox/small")).id);
    });

    for (const stream of [false, true]) {
      test(`the limit headers are on a ${stream ? "streamed" : "plain"} response`, async () => {
        const { response, data } = await connect(sdk, server, limited)
          .chat.completions.create({ model: "sandbox-small", messages: say("hello"), stream })
          .withResponse();
        const header = (part) => Number(response.headers.get(`x-ratelimit-${part}`));
        assert.equal(header("limit"), 50);
        assert.equal(header("used") + header("remaining"), 50);
        assert.equal(header("reset") % 60, 0);
        assert.equal(response.headers.get("x-ratelimit-resource"), "chat");
        assert.equal(response.headers.get("x-request-priority"), "2");
        assert.ok(response.headers.get("x-request-id"));
        if (stream) assert.ok((await collect(data)).length > 0);
      });
    }

    test("fifty parallel requests on a Free key admit exactly ten", async () => {
      const free = connect(sdk, server, await server.key("free"));
      await freshMinute();
      const ask = () => free.chat.completions.create({ model: "sandbox-small", messages: say("race") });
      const results = await Promise.allSettled(Array.from({ length: 50 }, ask));
      assert.equal(results.filter((result) => result.status === "fulfilled").length, 10);
      for (const { reason } of results.filter((result) => result.status === "rejected")) {
        assert.ok(reason instanceof sdk.RateLimitError, `${reason}`);
        assert.equal(reason.code, "rate_limit_exceeded");
        assert.ok(Number(reason.headers.get("retry-after")) >= 1);
      }
    });
  });
}
