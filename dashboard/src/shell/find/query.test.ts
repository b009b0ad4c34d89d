import { describe, expect, it } from "vitest";
import { contains, readQuery } from "./query";

describe("what is typed into the palette", () => {
  it("is the id of a request, however it was copied", () => {
    const id = "req_0192f5a80c7e7d53b3a1a6a8a3f6c1aa";
    expect(readQuery(`  ${id.toUpperCase()} `).requestId).toBe(id);
    expect(readQuery("req_").requestId).toBeNull();
  });

  it("is never sent as the secret that it may be", () => {
    const secret = "yx-abcdEFGHijklMNOPqrstUVWXyz0123456789wxyz";
    expect(readQuery(secret).text).toBe("yx-abcd...wxyz");
    expect(readQuery("yx-abcd...wxyz").text).toBe("yx-abcd...wxyz");
    expect(readQuery("yx-abcd…wxyz").text).toBe("yx-abcd...wxyz");
    expect(readQuery("yx-ab").text).toBe("yx-ab");
  });

  it("matches a part of any field, in any case", () => {
    expect(contains("PROD", "key_1", "Production")).toBe(true);
    expect(contains("prod", undefined, null, "test")).toBe(false);
  });
});
