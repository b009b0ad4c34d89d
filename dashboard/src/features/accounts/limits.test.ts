import { expect, it } from "vitest";
import type { AdminAccountResponse } from "@/api/types";
import { draftOf, limitsOf } from "./limits-dialog";

const CASES: AdminAccountResponse["limits"][] = [
  {},
  { requests_per_minute: 5 },
  { tokens_per_minute: null, requests_per_day: 0 },
];

it("limits of an account go out as they came in, and what is as the tier has it is left out", () => {
  for (const limits of CASES) {
    expect(limitsOf(draftOf(limits))).toEqual(limits);
  }
  expect(limitsOf({ ...draftOf({}), concurrent_requests: "" })).toEqual({});
});
