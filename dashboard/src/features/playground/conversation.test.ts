import { describe, expect, it } from "vitest";
import { readEvent } from "./chat";
import {
  type AssistantTurn,
  buildBody,
  DEFAULT_PARAMETERS,
  EMPTY_CONVERSATION,
  parseSchema,
  parseTools,
} from "./conversation";
import { applyDelta } from "./store";

const answer: AssistantTurn = {
  id: "2",
  role: "assistant",
  text: "",
  reasoning: "",
  toolCalls: [],
  state: "waiting",
  failure: null,
  measures: {
    requestId: null,
    model: "m",
    apiKeyId: "key_1",
    firstTokenMs: null,
    durationMs: null,
    usage: null,
    finishReason: null,
  },
};
const call = (index: number, id: string | undefined, name: string | undefined, args: string) =>
  JSON.stringify({
    choices: [{ delta: { tool_calls: [{ index, id, function: { name, arguments: args } }] } }],
  });

describe("an answer that is streamed", () => {
  it("puts pieces of several tool calls together", () => {
    const turn = [
      call(0, "call_a", "one", ""),
      call(1, "call_b", "two", '{"x"'),
      call(0, undefined, undefined, "{}"),
      call(1, undefined, undefined, ":1}"),
    ].reduce((before, event) => applyDelta(before, readEvent(event), 5), answer);
    expect(turn.toolCalls.map(({ id, name, arguments: args }) => [id, name, args])).toEqual([
      ["call_a", "one", "{}"],
      ["call_b", "two", '{"x":1}'],
    ]);
    expect(turn.measures.firstTokenMs).toBe(5);
  });

  it("is broken by an error event and by what is no JSON", () => {
    expect(() => readEvent('{"error":{"message":"gone","code":"upstream_error"}}')).toThrow("gone");
    expect(() => readEvent("<html>")).toThrow("not JSON");
  });

  it("takes nothing of a hostile shape for granted", () => {
    for (const event of [
      "null",
      "[]",
      '{"choices":{}}',
      '{"choices":[null]}',
      '{"choices":[{"delta":{"content":7}}]}',
    ]) {
      expect(applyDelta(answer, readEvent(event), 1).text).toBe("");
    }
    expect(readEvent('{"usage":{"prompt_tokens":-7,"completion_tokens":"9"}}').usage).toEqual({
      input: 0,
      output: 0,
      cached: 0,
      reasoning: 0,
    });
  });
});

describe("the call of a conversation", () => {
  const conversation = { ...EMPTY_CONVERSATION, model: "m" };

  it("leaves out tool calls that nobody answered", () => {
    const turns = [
      { id: "1", role: "user" as const, text: "hi", images: [] },
      {
        ...answer,
        toolCalls: [
          { index: 0, id: "a", name: "one", arguments: "{}", result: "1" },
          { index: 1, id: "b", name: "two", arguments: "{}", result: null },
        ],
      },
    ];
    const messages = buildBody(conversation, turns)?.messages as { role: string; tool_calls?: unknown[] }[];
    expect(messages.map((message) => message.role)).toEqual(["user", "assistant", "tool"]);
    expect(messages[1]?.tool_calls).toHaveLength(1);
  });

  it("is not made while the tools or the schema are broken", () => {
    expect(buildBody({ ...conversation, tools: "[{]" }, [])).toBeNull();
    const parameters = { ...DEFAULT_PARAMETERS, responseFormat: "json_schema" as const, schema: "7" };
    expect(buildBody({ ...conversation, parameters }, [])).toBeNull();
  });

  it("says what is wrong with tools and schemas", () => {
    expect(parseTools("{")).toEqual({ ok: false, problem: "json" });
    expect(parseTools("{}")).toEqual({ ok: false, problem: "list" });
    expect(parseTools('[{"type":"function"}]')).toEqual({ ok: false, problem: "tool" });
    expect(parseTools(" ")).toEqual({ ok: true, value: undefined });
    expect(parseSchema("[]")).toEqual({ ok: false, problem: "object" });
  });
});
