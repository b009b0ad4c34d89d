// The AI SDK in each language that it has; a model of `openai` by its name alone is one of the Responses API.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { served } from "./support.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const { url, key } = await served();
const openai = createOpenAI({ apiKey: key, baseURL: `${url}/v1` });
const name = "sandbox-small";
const models = {
  "openai, by default": openai(name),
  "openai.chat": openai.chat(name),
  anthropic: createAnthropic({ apiKey: key, baseURL: `${url}/v1` })(name),
  google: createGoogleGenerativeAI({ apiKey: key, baseURL: `${url}/v1beta` })(name),
};

for (const [language, model] of Object.entries(models)) {
  describe(language, () => {
    test("a text comes whole and streamed alike", async () => {
      const whole = await generateText({ model, prompt: "Hello there." });
      const streamed = streamText({ model, prompt: "Hello there." });
      let text = "";
      for await (const piece of streamed.textStream) text += piece;
      assert.notEqual(text, "");
      assert.equal(text, whole.text);
      assert.equal((await streamed.usage).outputTokens, whole.usage.outputTokens);
      assert.equal(await streamed.finishReason, "stop");
    });

    test("a tool is called and its result read", async () => {
      const weather = tool({
        description: "The weather of a city.",
        inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }) => `sunny in ${city}`,
      });
      const prompt = "The weather in Oslo? [[sandbox: tool=weather]]";
      const result = await generateText({ model, prompt, tools: { weather }, stopWhen: stepCountIs(3) });
      assert.equal(result.steps.length, 2);
      assert.match(result.text, /sunny in/);
    });

    test("an object has the shape of its schema", async () => {
      const schema = z.object({ city: z.string(), inhabitants: z.number() });
      const { object } = await generateObject({ model, schema, prompt: "A city?" });
      assert.equal(typeof object.city, "string");
      assert.equal(typeof object.inhabitants, "number");
    });
  });
}

test("a text is embedded", async () => {
  const { embedding } = await embed({ model: openai.textEmbeddingModel("sandbox-embedding"), value: "Hello there." });
  assert.equal(embedding.length, 256);
});
