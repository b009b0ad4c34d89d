import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { OperatorRoutingPage } from "./operator-page";

const CANDIDATE = {
  deployment_id: "dep_1",
  provider: "east",
  upstream_model: "large",
  credential: null,
  place: 1,
  status: "well",
  reason: "rule_needs",
  group: 0,
  weight: 1,
  running: 0,
  limit: null,
  first_token_ms: null,
  breaker: "closed",
  open_for_ms: 0,
  cooling_for_ms: 0,
};

const ROUTE = {
  model: "large",
  policy: "weights",
  rule: { virtual_model: "auto", reason: "rule_needs" },
  key: null,
  fallbacks: [],
  candidates: [CANDIDATE],
  levels: [],
  seats: null,
};

/** The page at this address, and what it asked the server for. */
async function open(search: string): Promise<URLSearchParams[]> {
  const asked: URLSearchParams[] = [];
  await renderPage(
    OperatorRoutingPage,
    { path: `/operator/routing${search}`, route: "/operator/routing" },
    {
      "/admin/models": { body: { data: [{ id: "auto" }, { id: "large" }], next_cursor: null } },
      "/admin/api-keys": { body: { data: [], next_cursor: null } },
      "/admin/routing": (query) => {
        asked.push(query);
        return { body: ROUTE };
      },
    },
  );
  return asked;
}

it("a route is explained for what the address says of the request", async () => {
  const asked = await open("?model=auto&needs=vision,tools&input_tokens=9000&session=s1");
  await screen.findByRole("heading", { name: "The next request goes to east" });
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    model: "auto",
    needs: "vision,tools",
    input_tokens: "9000",
    session: "s1",
  });
});

it("a virtual model is said to lead on, and why the deployment is chosen", async () => {
  await open("?model=auto");
  await screen.findByText(/auto leads to large\./);
  screen.getByText("A rule sent it here: what it needs");
});

it("an ability that is chosen with the keyboard is asked for", async () => {
  const asked = await open("?model=auto");
  const needs = await screen.findByRole("combobox", { name: /^Needs/ });
  await userEvent.click(needs);
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await screen.findAllByText("Images", { selector: "span" });
  expect(asked.at(-1)?.get("needs")).toBe("vision");
});

it("nothing is asked before a model is chosen", async () => {
  expect(await open("")).toEqual([]);
  await screen.findByText(/You will see its deployments/);
});
