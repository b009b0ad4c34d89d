// Every page of the Dashboard: its address and the heading by which it is known to be there.

export const ACCOUNT_PAGES = {
  overview: "Overview",
  "api-keys": "API keys",
  "api-keys/KEY": null,
  usage: "Usage",
  requests: "Requests",
  "requests/REQUEST": "Request",
  errors: "Errors",
  models: "Models",
  "models/sandbox-small": null,
  playground: "Playground",
  billing: "Billing",
  "settings/account": "Account",
  "settings/members": "Members",
  "settings/webhooks": "Webhooks",
  "settings/management-keys": "Management keys",
  "settings/audit-log": "Audit log",
};

export const USER_PAGES = {
  "/settings/profile": "Profile",
  "/settings/security": null,
  "/settings/sessions": null,
  "/settings/notifications": "Notifications",
};

export const OPERATOR_PAGES = {
  "/operator/accounts": "Accounts",
  "/operator/accounts/ACCOUNT": null,
  "/operator/users": "Users",
  "/operator/tiers": "Tiers",
  "/operator/credits": "Credits",
  "/operator/orders": "Payments",
  "/operator/providers": "Providers",
  "/operator/models": "Models",
  "/operator/models/sandbox-small": null,
  "/operator/deployments": "Deployments",
  "/operator/routing?model=sandbox-small": "Routing",
  "/operator/usage": "Usage",
  "/operator/errors": "Errors",
  "/operator/audit-log": "Audit log",
  "/operator/docs-feedback": "Documentation feedback",
  "/operator/system": "System",
  "/operator/servers": "Servers",
  "/operator/management-keys": "Management keys",
};

export const SIGNED_OUT_PAGES = {
  "/sign-in": "Sign in",
  "/sign-up": "Create an account",
  "/reset-password": null,
  "/confirm-email": null,
  "/first-operator": null,
  "/invite": null,
  "/revoke-key": "Revoke a leaked key",
};

/** Waits until a page shows itself and its data, so that whoever looks at it sees all of it. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForLoadState("networkidle");
  // Skeletons are what is not there yet.
  await page.waitForFunction(() => document.querySelector(".mantine-Skeleton-root[data-visible]") === null);
  await page.evaluate(() => document.fonts.ready);
}

/** Who sees which addresses: somebody with an account, and who runs the platform. */
export function addresses({ owner, root, key, request }) {
  const names = { KEY: key, REQUEST: request, ACCOUNT: owner.accountId };
  const whole = (paths) => paths.map((path) => path.replace(/KEY|REQUEST|ACCOUNT/, (name) => names[name]));
  const account = Object.keys(ACCOUNT_PAGES).map((path) => owner.page(path));
  return [
    { person: owner, paths: whole([...account, ...Object.keys(USER_PAGES)]) },
    { person: root, paths: whole(Object.keys(OPERATOR_PAGES)) },
  ];
}
