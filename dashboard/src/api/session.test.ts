import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { endSession } from "./session";

test("what a page still asks is given up before the session ends", async () => {
  const order: string[] = [];
  vi.stubGlobal("fetch", async () => {
    order.push("signed out");
    return new Response(null, { status: 204 });
  });
  const queryClient = new QueryClient();
  const asked = queryClient.fetchQuery({
    queryKey: ["models"],
    queryFn: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          order.push("given up");
          reject(signal.reason);
        });
      }),
  });
  await Promise.all([endSession(queryClient), expect(asked).rejects.toThrow()]);
  expect(order).toEqual(["given up", "signed out"]);
});
