import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createRenderer } from "../markdown.mjs";
import { endpointsOf } from "./endpoints.mjs";
import { apiReference } from "./reference.mjs";
import { schemas } from "./schema.mjs";

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../crates/yunxin/openapi.json"), "utf8"),
);

let pages;
beforeAll(async () => {
  pages = apiReference(document, await createRenderer());
});

it("every operation of the document is on one page, with its address", () => {
  const all = endpointsOf(document);
  expect(all.length).toBeGreaterThan(80);
  for (const { id, method, path } of all) {
    const on = pages.filter(({ html }) => html.includes(`<h3 id="${id}">`));
    expect(on, id).toHaveLength(1);
    expect(on[0].markdown).toContain(`\`${method} ${path}\``);
  }
});

it("an anchor is on a page once", () => {
  for (const { slug, html } of pages) {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      slug,
    ).toEqual([]);
  }
});

it("samples are commands with the proof that the endpoint asks for", () => {
  const of = (id) => endpointsOf(document).find((endpoint) => endpoint.id === id).curl;
  expect(of("create_chat_completion")).toContain("Bearer $YUNXIN_API_KEY");
  expect(of("create_chat_completion")).toContain('"messages"');
  expect(of("list_api_keys")).toContain("/api/v1/accounts/$YUNXIN_ACCOUNT_ID/api-keys");
  expect(of("list_api_keys")).toContain("$YUNXIN_MANAGEMENT_KEY");
  expect(of("change_password")).toContain("cookies.txt");
});

it("what a sample names in place of an id, a token or a code is explained on its page", () => {
  const of = (id) => endpointsOf(document).find((endpoint) => endpoint.id === id).curl;
  expect(of("revoke_api_key")).toContain("/api-keys/$API_KEY_ID/revoke");
  expect(of("inspect_invite")).toContain(`"token": "'"$INVITE_TOKEN"'"`);
  for (const { slug, markdown } of pages) {
    const named = new Set([...markdown.matchAll(/\$([A-Z_]+)/g)].map((match) => match[1]));
    for (const name of named) expect(markdown, `${slug}: ${name}`).toContain(`- \`${name}\`: `);
  }
});

it("no sample has a word to be replaced in its address", () => {
  for (const { id, curl } of endpointsOf(document)) {
    const [, address] = curl.match(/"\{\{base_url\}\}([^"]*)"/);
    expect(address.replaceAll(/\$[A-Z_]+/g, ""), id).not.toMatch(/[A-Z]{2}|[{}]/);
  }
});

describe("a schema", () => {
  const reader = schemas({
    components: {
      schemas: {
        Node: {
          type: "object",
          required: ["name"],
          properties: {
            child: { $ref: "#/components/schemas/Node" },
            name: { type: "string", maxLength: 9 },
          },
        },
      },
    },
  });

  it("that contains itself ends", () => {
    const [name, child] = reader.fieldsOf({ $ref: "#/components/schemas/Node" });
    expect(name).toMatchObject({ name: "name", isRequired: true, limits: "at most 9 characters" });
    expect(child.fields[1].fields[1].name).toBe("child");
  });

  it("that may be null says so", () => {
    const one = reader.resolve({ oneOf: [{ type: "string" }, { type: "null" }] });
    expect(reader.typeOf(one)).toBe("string or null");
  });
});
