// Google's and Anthropic's own clients for Node, given an address and a key.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { served } from "./support.mjs";

const model = "sandbox-small";
const { url, key } = await served();

describe("@google/genai", () => {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });

  test("a text comes whole and streamed alike", async () => {
    const whole = await client.models.generateContent({ model, contents: "Hello there." });
    let streamed = "";
    for await (const chunk of await client.models.generateContentStream({ model, contents: "Hello there." })) streamed += chunk.text ?? "";
    assert.notEqual(whole.text, "");
    assert.equal(streamed, whole.text);
    assert.ok(whole.usageMetadata.totalTokenCount > 0);
  });

  test("a function is called with an object", async () => {
    const declaration = { name: "get_weather", parametersJsonSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } };
    const contents = "The weather in Oslo? [[sandbox: tool=get_weather]]";
    const response = await client.models.generateContent({ model, contents, config: { tools: [{ functionDeclarations: [declaration] }] } });
    assert.equal(response.functionCalls.length, 1);
    assert.equal(response.functionCalls[0].name, "get_weather");
    assert.equal(typeof response.functionCalls[0].args.city, "string");
  });

  test("tokens are counted, texts embedded and models listed", async () => {
    assert.ok((await client.models.countTokens({ model, contents: "Hello there." })).totalTokens > 0);
    const { embeddings } = await client.models.embedContent({ model: "sandbox-embedding", contents: "Hello there." });
    assert.equal(embeddings[0].values.length, 256);
    const names = [];
    for await (const one of await client.models.list()) names.push(one.name);
    assert.ok(names.includes(`models/${model}`));
  });

  test("a model that does not exist is an error that says so", async () => {
    await assert.rejects(client.models.generateContent({ model: "no-such-model", contents: "Hello" }), (error) => error.status === 404);
  });
});

describe("@anthropic-ai/sdk", () => {
  const client = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
  const request = { model, max_tokens: 200, messages: [{ role: "user", content: "Hello there." }] };

  test("a text comes whole and streamed alike", async () => {
    const whole = await client.messages.create(request);
    const streamed = await client.messages.stream(request).finalMessage();
    assert.deepEqual(streamed.content, whole.content);
    assert.deepEqual(streamed.usage.output_tokens, whole.usage.output_tokens);
  });

  test("tokens are counted and models listed", async () => {
    assert.ok((await client.messages.countTokens({ model, messages: request.messages })).input_tokens > 0);
    const { data } = await client.models.list();
    assert.ok(data.some((one) => one.id === model));
  });

  test("a model that does not exist is an error that says so", async () => {
    await assert.rejects(client.messages.create({ ...request, model: "no-such-model" }), Anthropic.NotFoundError);
  });
});
