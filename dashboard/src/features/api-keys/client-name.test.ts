import { expect, it } from "vitest";
import { clientName } from "./client-name";

it.each([
  ["OpenAI/Python 2.8.1", "OpenAI Python 2.8.1"],
  ["curl/8.14.1", "curl 8.14.1"],
  ["node", "Node.js"],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
    "Edge 142",
  ],
  ["my-agent/3.2 (linux)", "my-agent 3.2"],
])("%s is %s", (agent, name) => {
  expect(clientName(agent)).toBe(name);
});

it("no agent is no name", () => {
  expect(clientName("  ")).toBeNull();
  expect(clientName(null)).toBeNull();
});

it("what a stranger sends is kept short", () => {
  expect(clientName("x".repeat(4000))).toHaveLength(48);
});
