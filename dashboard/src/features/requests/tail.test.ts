import { describe, expect, it } from "vitest";
import type { RequestResponse } from "@/api/types";
import { emptyTail, merged, release, takeIn } from "./tail";

function request(id: string, second: number): RequestResponse {
  return {
    id,
    at: `2026-11-24T10:00:${String(second).padStart(2, "0")}.000Z`,
    api_key_id: "key_1",
    environment: "live",
    endpoint: "chat",
    model: "m",
    requested_model: null,
    status: 200,
    end_reason: "completed",
    error_code: null,
    is_streamed: false,
    input_tokens: 1,
    output_tokens: 1,
    duration_ms: 1,
    first_token_ms: null,
    charge_nanos: 0,
  };
}
const ids = (rows: RequestResponse[]) => rows.map((row) => row.id);

describe("the live tail", () => {
  const listed = [request("b", 20), request("a", 10)];

  it("puts new rows on top, newest first, each once", () => {
    const first = takeIn(emptyTail("f"), listed, [request("c", 30), request("b", 20)], false);
    expect(first?.arrived).toBe(1);
    const second = takeIn(first?.tail ?? emptyTail("f"), listed, [request("d", 40), request("c", 30)], false);
    expect(ids(merged(second?.tail ?? emptyTail("f"), listed))).toEqual(["d", "c", "b", "a"]);
  });

  it("puts a long request that ended late at the time it began", () => {
    const taken = takeIn(emptyTail("f"), listed, [request("late", 15)], false);
    expect(ids(merged(taken?.tail ?? emptyTail("f"), listed))).toEqual(["b", "late", "a"]);
  });

  it("leaves what is older than the loaded pages to the pages", () => {
    expect(takeIn(emptyTail("f"), listed, [request("old", 5)], false)).toBeNull();
  });

  it("holds rows back while the reader reads, and lets them go together", () => {
    const queued = takeIn(emptyTail("f"), listed, [request("c", 30)], true)?.tail ?? emptyTail("f");
    expect(ids(merged(queued, listed))).toEqual(["b", "a"]);
    expect(ids(merged(release(queued), listed))).toEqual(["c", "b", "a"]);
    expect(takeIn(queued, listed, [request("c", 30)], true)).toBeNull();
  });
});
