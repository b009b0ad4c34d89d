import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/test/render-page";
import { ModelDialog } from "./model-dialog";

const TIER = { id: "free", display_name: "Free", rank: 0 };

function Page() {
  return <ModelDialog model={null} isOpen onClose={() => undefined} />;
}

it("types of models and capabilities are offered by their words", async () => {
  await renderPage(
    Page,
    { path: "/", route: "/" },
    { "/admin/tiers": { body: { data: [TIER], next_cursor: null } } },
  );
  await userEvent.click(await screen.findByRole("combobox", { name: /^Type/ }));
  await screen.findByRole("option", { name: "Images" });
  await userEvent.click(screen.getByRole("option", { name: "Transcription" }));
  expect(screen.getByRole("combobox", { name: /^Type/ })).toHaveProperty("value", "Transcription");
  await userEvent.click(screen.getByRole("combobox", { name: /^Capabilities/ }));
  await screen.findByRole("option", { name: "Tool calling function_calling" });
});

it("a virtual model is sent with its rules in their order", async () => {
  const sent: unknown[] = [];
  const real = (id: string) => ({ id, routes: [] });
  await renderPage(
    Page,
    { path: "/", route: "/" },
    {
      "/admin/tiers": { body: { data: [TIER], next_cursor: null } },
      "/admin/models": { body: { data: [real("small"), real("large")], next_cursor: null } },
    },
  );
  const answer = globalThis.fetch;
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    if (init?.method === "POST") sent.push(JSON.parse(String(init.body)));
    return answer(url, init);
  });
  await userEvent.type(await screen.findByRole("textbox", { name: /^Model ID/ }), "auto");
  await userEvent.type(screen.getByRole("textbox", { name: /^Owned by/ }), "us");
  await userEvent.click(screen.getByRole("switch", { name: /^Virtual model/ }));
  expect(screen.queryByRole("switch", { name: /^Keep similar prompts/ })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Add rule" }));
  const choose = async (place: number, model: string) => {
    const rule = screen.getByRole("group", { name: `Rule ${place}` });
    await userEvent.click(within(rule).getByRole("combobox", { name: /^Model/ }));
    await userEvent.click(await screen.findByRole("option", { name: model }));
    return rule;
  };
  await choose(1, "small");
  const second = await choose(2, "large");
  await userEvent.type(within(second).getByRole("textbox", { name: /^Prompt tokens, from/ }), "8000");
  await userEvent.click(screen.getByRole("button", { name: "Move rule 2 up" }));
  await userEvent.click(screen.getByRole("button", { name: "Add model" }));
  expect(sent).toMatchObject([
    {
      id: "auto",
      routes: [
        { model: "large", input_tokens_min: 8000 },
        { model: "small", input_tokens_min: null },
      ],
    },
  ]);
});
