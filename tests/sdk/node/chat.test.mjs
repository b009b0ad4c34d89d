// Chat and text completions through the official Node client, plain and streamed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clients, collect, connect, eventually, sandbox, say, startYunxin, words } from "./support.mjs";

const model = "sandbox-small";
const tool = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const server = await startYunxin();
const key = await server.key("enterprise");

for (const { name, sdk } of clients) {
  describe(name, () => {
    const client = connect(sdk, server, key);
    const chat = (text, more = {}) => client.chat.completions.create({ model, messages: say(text), ...more });

    test("a plain response has the OpenAI shape", async () => {
      const response = await chat(sandbox({ words: 7 }));
      assert.equal(response.object, "chat.completion");
      assert.equal(response.choices[0].message.role, "assistant");
      assert.equal(response.choices[0].finish_reason, "stop");
      assert.equal(words(response.choices[0].message.content), 7);
      assert.equal(response.usage.completion_tokens, 7);
      assert.equal(response.usage.total_tokens, response.usage.prompt_tokens + 7);
      assert.ok(response._request_id);
    });

    test("n gives that many choices", async () => {
      const response = await chat("hello", { n: 2 });
      assert.deepEqual(response.choices.map((choice) => choice.index).sort(), [0, 1]);
    });

    test("response_format json_object gives JSON", async () => {
      const response = await chat("Response in JSON.", { response_format: { type: "json_object" } });
      assert.equal(typeof JSON.parse(response.choices[0].message.content), "object");
    });

    test("a tool call comes back", async () => {
      const response = await chat(sandbox({ tool: "get_weather" }), { tools: [tool] });
      const [call] = response.choices[0].message.tool_calls;
      assert.equal(response.choices[0].finish_reason, "tool_calls");
      assert.equal(call.function.name, "get_weather");
      assert.equal(typeof JSON.parse(call.function.arguments), "object");
    });

    test("a stream has the words of the plain response", async () => {
      const chunks = await collect(await chat(sandbox({ words: 20 }), { stream: true }));
      const text = chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
      const plain = await chat(sandbox({ words: 20 }));
      assert.equal(chunks[0].choices[0].delta.role, "assistant");
      assert.equal(text.trim(), plain.choices[0].message.content.trim());
      assert.ok(chunks.every((chunk) => !chunk.usage && chunk.choices.length > 0), "usage was shown unasked");
    });

    test("a stream with include_usage ends with the usage", async () => {
      const options = { stream: true, stream_options: { include_usage: true } };
      const last = (await collect(await chat(sandbox({ words: 5 }), options))).at(-1);
      assert.deepEqual(last.choices, []);
      assert.equal(last.usage.completion_tokens, 5);
    });

    test("a streamed tool call adds up", async () => {
      const chunks = await collect(await chat(sandbox({ tool: "get_weather" }), { tools: [tool], stream: true }));
      const calls = chunks.flatMap((chunk) => chunk.choices.flatMap((choice) => choice.delta.tool_calls ?? []));
      assert.equal(calls.map((call) => call.function?.name ?? "").join(""), "get_weather");
      assert.equal(typeof JSON.parse(calls.map((call) => call.function?.arguments ?? "").join("")), "object");
    });

    test("the stream helper of the client builds the whole message", async () => {
      const stream = client.chat.completions.stream({ model, messages: say(sandbox({ words: 9 })) });
      assert.equal(words(await stream.finalContent()), 9);
    });

    test("a text completion responses plain and streamed", async () => {
      const plain = await client.completions.create({ model, prompt: sandbox({ words: 6 }) });
      const stream = await client.completions.create({ model, prompt: sandbox({ words: 6 }), stream: true });
      const text = (await collect(stream)).map((chunk) => chunk.choices[0]?.text ?? "").join("");
      assert.equal(words(plain.choices[0].text), 6);
      assert.equal(text.trim(), plain.choices[0].text.trim());
    });

    for (const fault of ["reset_mid", "half_frame", "truncate", "garbage", "error_event"]) {
      test(`a stream broken by ${fault} raises`, async () => {
        const stream = await chat(sandbox({ words: 20, fault, after: 3 }), { stream: true });
        await assert.rejects(collect(stream), (error) => {
          assert.ok(error instanceof sdk.APIError, `${error}`);
          assert.ok(error.message && error.code && error.type);
          return true;
        });
      });
    }

    test("a stream that finishes without [DONE] is complete", async () => {
      const stream = await chat(sandbox({ words: 20, fault: "no_done", after: 3 }), { stream: true });
      const all = await collect(stream);
      assert.equal(all.flatMap((chunk) => chunk.choices).findLast((choice) => choice.finish_reason)?.finish_reason, "stop");
    });

    test("aborting a stream cancels the upstream within a second", async () => {
      const sandboxUrl = server.info.sandbox_url.replace(/\/(v1\/?)?$/, "");
      const count = async () => {
        const stats = await (await fetch(`${sandboxUrl}/sandbox/stats`)).text();
        return Number(/"cancell?ed":\s*(\d+)/.exec(stats)?.[1]);
      };
      const before = await count();
      const stream = await chat(sandbox({ words: 2000, wps: 20 }), { stream: true });
      for await (const chunk of stream) if (chunk) break;
      assert.ok(await eventually(async () => (await count()) > before, 1.2), "still generating");
    });
  });
}
