// A server with something on every page: made-up usage of the past, and keys, calls and members of today.
import { startYunxin } from "./installation.mjs";
import { becomeOperator, join, signUp, uniqueEmail } from "./people.mjs";
import { ask, refusalOf } from "./sdk.mjs";

const EVENTS = "5000";

/** The seeded server; `owner` has the fullest account, `root` runs the platform. */
export async function startSeeded() {
  const server = await startYunxin({
    before: (cli) => cli("generate-usage", "--events", EVENTS, "--accounts", "3", "--days", "30"),
  });
  try {
    return { ...server, ...(await seed(server)) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function seed(server) {
  const root = await becomeOperator(server);
  const owner = await signUp(server.url, { email: uniqueEmail("wen"), name: "Wen Ling" });
  await root.call("PATCH", `/admin/accounts/${owner.accountId}`, { tier: "enterprise", name: "Nimbus Robotics" });

  const production = await owner.createKey("Production Server");
  const restricted = await owner.createKey("CI, embeddings only", { restrictions: { endpoints: ["embeddings"] } });
  const retired = await owner.createKey("Old laptop", { environment: "test" });
  for (const topic of ["tides", "lanterns", "bridges", "tea"]) await ask(server, production.secret, `Tell me about ${topic}.`);
  await ask(server, retired.secret);
  await refusalOf(server, restricted.secret);
  const first = await ask(server, production.secret).withResponse();
  await owner.account("POST", `/api-keys/${retired.api_key.id}/revoke`);
  await owner.account("POST", `/api-keys/${production.api_key.id}/regenerate`, { grace_seconds: 86_400 });
  await ask(server, production.secret);

  for (const role of ["viewer", "admin"]) await join(owner, role);
  await owner.account("POST", "/invites", { email: uniqueEmail("newcomer"), role: "member" });
  await owner.account("POST", "/management-keys", { name: "Terraform", scopes: ["api-keys:read", "api-keys:write"] });
  await root.call("POST", "/admin/management-keys", { name: "Billing export", scopes: ["admin:read"] });
  await root.call("POST", "/admin/invites", { email: uniqueEmail("guest") });
  return { root, owner, key: production.api_key.id, request: first.response.headers.get("x-request-id") };
}
