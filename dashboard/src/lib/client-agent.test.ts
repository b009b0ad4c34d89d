import { expect, it } from "vitest";
import { clientName, describeAgent } from "./client-agent";

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

it("a device is told by its browser and its system", () => {
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
  expect(describeAgent(phone)).toEqual({ name: "Safari", system: "iPhone", kind: "mobile" });
  expect(describeAgent("curl/8.14.1")).toEqual({ name: "curl 8.14.1", system: null, kind: "program" });
  expect(describeAgent(" ")).toBeNull();
});
