import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
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
