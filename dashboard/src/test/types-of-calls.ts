import { api } from "@/api/client";

/** Never called: the type checker holds that the document decides what can be asked and what comes back. */
export async function typesOfCalls() {
  // @ts-expect-error: there is no such path
  api.get("/accounts/{id}/limits", { path: { id: "x" } });
  // @ts-expect-error: the path needs its parameter
  api.get("/accounts/{account_id}/limits");
  // @ts-expect-error: the path does not know the method
  api.delete("/me");
  // @ts-expect-error: the body lacks what is required
  api.post("/admin/invites", { body: {} });
  // @ts-expect-error: the parameter is one of a few words
  api.get("/admin/usage", { query: { step: "year" } });
  const me = await api.get("/me");
  // @ts-expect-error: the response has no such field
  return me.user.nick;
}
