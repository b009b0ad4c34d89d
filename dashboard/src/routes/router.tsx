// Every address of the Dashboard, on one page. Pages are loaded when they are first opened.

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent as lazy,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "@/api/client";
import { lastAccountId, meQuery } from "@/api/session";
import { innerPath, publicPath } from "@/base-path";
import { PagePending } from "@/components/page-pending";
import { asSearch, parseSearch, stringifySearch } from "@/lib/search";
import { AccountLayout } from "@/shell/account-layout";
import { NotFoundPage, RouteError } from "@/shell/fallbacks";
import { OperatorLayout } from "@/shell/operator-layout";

interface RouterContext {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  validateSearch: asSearch,
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

// Pages for people who are not signed in.

const authPages = createRoute({
  getParentRoute: () => root,
  id: "auth",
  component: lazy(() => import("@/features/auth/layout"), "AuthLayout"),
  staticData: { texts: "auth" },
});
const auth = () => authPages;
const authRoutes = [
  createRoute({
    getParentRoute: auth,
    path: "/sign-in",
    component: lazy(() => import("@/features/auth/sign-in-page"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/sign-up",
    component: lazy(() => import("@/features/auth/sign-up-page"), "SignUpPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/reset-password",
    component: lazy(() => import("@/features/auth/reset-password-page"), "ResetPasswordPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/confirm-email",
    component: lazy(() => import("@/features/auth/confirm-email-page"), "ConfirmEmailPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/first-operator",
    component: lazy(() => import("@/features/auth/first-operator-page"), "FirstOperatorPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/revoke-key",
    component: lazy(() => import("@/features/auth/revoke-key-page"), "RevokeKeyPage"),
  }),
  createRoute({
    getParentRoute: auth,
    path: "/invite",
    component: lazy(() => import("@/features/auth/invite-page"), "InvitePage"),
  }),
];

// Everything else needs a session.

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queryClient.ensureQueryData(meQuery) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        const href = innerPath(location.href);
        throw redirect({ to: "/sign-in", search: href === "/" ? {} : { return_to: href } });
      }
      throw error;
    }
  },
  component: lazy(() => import("@/shell/shell"), "Shell"),
});
const inside = () => signedIn;

const home = createRoute({
  getParentRoute: inside,
  path: "/",
  beforeLoad: ({ context }) => {
    const accountId = lastAccountId(context.me);
    if (accountId !== null)
      throw redirect({ to: "/a/$accountId/overview", params: { accountId }, replace: true });
    if (context.me.user.is_operator) throw redirect({ to: "/operator/accounts", replace: true });
  },
  component: lazy(() => import("@/shell/no-account-page"), "NoAccountPage"),
});

// An account's pages.

const account = createRoute({ getParentRoute: inside, path: "/a/$accountId", component: AccountLayout });
const inAccount = () => account;
const accountRoutes = [
  createRoute({
    getParentRoute: inAccount,
    path: "/overview",
    component: lazy(() => import("@/features/overview/page"), "OverviewPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/api-keys",
    component: lazy(() => import("@/features/api-keys/page"), "ApiKeysPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/api-keys/$apiKeyId",
    component: lazy(() => import("@/features/api-keys/api-key-page"), "ApiKeyPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/usage",
    component: lazy(() => import("@/features/usage/page"), "UsagePage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/requests",
    component: lazy(() => import("@/features/requests/page"), "RequestsPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/errors",
    component: lazy(() => import("@/features/errors/page"), "ErrorsPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/billing",
    component: lazy(() => import("@/features/credits/page"), "BillingPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/requests/$requestId",
    component: lazy(() => import("@/features/requests/receipt-page"), "ReceiptPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    // With the slash it is an index, which goes before the splat below; without it the splat would match an empty id.
    path: "/models/",
    component: lazy(() => import("@/features/models/page"), "ModelsPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/models/$",
    component: lazy(() => import("@/features/models/model-page"), "ModelPage"),
  }),
  createRoute({
    getParentRoute: inAccount,
    path: "/playground",
    component: lazy(() => import("@/features/playground/page"), "PlaygroundPage"),
  }),
];

// Settings: of the user at /settings, of an account at /a/$accountId/settings.

const userSettings = createRoute({
  getParentRoute: inside,
  path: "/settings",
  component: lazy(() => import("@/shell/settings-layout"), "SettingsLayout"),
});
const inUserSettings = () => userSettings;
const userSettingsRoutes = [
  createRoute({
    getParentRoute: inUserSettings,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/settings/profile", replace: true });
    },
  }),
  createRoute({
    getParentRoute: inUserSettings,
    path: "/profile",
    component: lazy(() => import("@/features/profile/page"), "ProfilePage"),
  }),
  createRoute({
    getParentRoute: inUserSettings,
    path: "/security",
    component: lazy(() => import("@/features/security/page"), "SecurityPage"),
  }),
  createRoute({
    getParentRoute: inUserSettings,
    path: "/sessions",
    component: lazy(() => import("@/features/sessions/page"), "SessionsPage"),
  }),
  createRoute({
    getParentRoute: inUserSettings,
    path: "/notifications",
    component: lazy(() => import("@/features/profile/notifications-page"), "NotificationsPage"),
  }),
];

const accountSettings = createRoute({
  getParentRoute: inAccount,
  path: "/settings",
  component: lazy(() => import("@/shell/settings-layout"), "SettingsLayout"),
});
const inAccountSettings = () => accountSettings;
const accountSettingsRoutes = [
  createRoute({
    getParentRoute: inAccountSettings,
    path: "/account",
    component: lazy(() => import("@/features/accounts/page"), "AccountSettingsPage"),
  }),
  createRoute({
    getParentRoute: inAccountSettings,
    path: "/members",
    component: lazy(() => import("@/features/members/page"), "MembersPage"),
  }),
  createRoute({
    getParentRoute: inAccountSettings,
    path: "/webhooks",
    component: lazy(() => import("@/features/webhooks/page"), "WebhooksPage"),
  }),
  createRoute({
    getParentRoute: inAccountSettings,
    path: "/management-keys",
    component: lazy(() => import("@/features/management-keys/page"), "ManagementKeysPage"),
  }),
  createRoute({
    getParentRoute: inAccountSettings,
    path: "/audit-log",
    component: lazy(() => import("@/features/audit-log/page"), "AuditLogPage"),
  }),
];

// The operator's pages.

const operator = createRoute({ getParentRoute: inside, path: "/operator", component: OperatorLayout });
const inOperator = () => operator;
const operatorRoutes = [
  createRoute({
    getParentRoute: inOperator,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/operator/accounts", replace: true });
    },
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/accounts",
    component: lazy(() => import("@/features/accounts/operator-page"), "OperatorAccountsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/accounts/$id",
    component: lazy(() => import("@/features/accounts/operator-account-page"), "OperatorAccountPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/users",
    component: lazy(() => import("@/features/users/operator-page"), "OperatorUsersPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/tiers",
    component: lazy(() => import("@/features/tiers/operator-page"), "OperatorTiersPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/credits",
    component: lazy(() => import("@/features/credits/operator-page"), "OperatorCreditsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/orders",
    component: lazy(() => import("@/features/payments/operator-page"), "OperatorPaymentsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/orders/$id",
    component: lazy(() => import("@/features/payments/operator-order-page"), "OperatorOrderPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/providers",
    component: lazy(() => import("@/features/providers/operator-page"), "OperatorProvidersPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    // With the slash it is an index, which goes before the splat below.
    path: "/models/",
    component: lazy(() => import("@/features/models/operator-page"), "OperatorModelsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/models/$",
    component: lazy(() => import("@/features/models/operator-model-page"), "OperatorModelPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/routing",
    component: lazy(() => import("@/features/routing/operator-page"), "OperatorRoutingPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/deployments",
    component: lazy(() => import("@/features/deployments/operator-page"), "OperatorDeploymentsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/usage",
    component: lazy(() => import("@/features/usage/operator-page"), "OperatorUsagePage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/errors",
    component: lazy(() => import("@/features/errors/operator-page"), "OperatorErrorsPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/requests/$requestId",
    component: lazy(() => import("@/features/requests/operator-receipt-page"), "OperatorReceiptPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/audit-log",
    component: lazy(() => import("@/features/audit-log/operator-page"), "OperatorAuditLogPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/docs-feedback",
    component: lazy(() => import("@/features/docs-feedback/operator-page"), "OperatorDocsFeedbackPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/system",
    component: lazy(() => import("@/features/system/operator-page"), "OperatorSystemPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/servers",
    component: lazy(() => import("@/features/servers/operator-page"), "OperatorServersPage"),
  }),
  createRoute({
    getParentRoute: inOperator,
    path: "/management-keys",
    component: lazy(() => import("@/features/management-keys/operator-page"), "OperatorManagementKeysPage"),
  }),
];

// Short addresses, for documentation and mails that cannot know the account.

function shortcut<const Path extends string>(path: Path) {
  return createRoute({
    getParentRoute: inside,
    path,
    beforeLoad: ({ context, location }) => {
      const accountId = lastAccountId(context.me);
      throw redirect({
        href: accountId === null ? "/" : `/a/${accountId}${innerPath(location.href)}`,
        replace: true,
      });
    },
  });
}
const shortcuts = [
  shortcut("/overview"),
  shortcut("/api-keys"),
  shortcut("/api-keys/$apiKeyId"),
  shortcut("/usage"),
  shortcut("/requests"),
  shortcut("/errors"),
  shortcut("/requests/$requestId"),
  shortcut("/models"),
  shortcut("/models/$"),
  shortcut("/playground"),
  shortcut("/billing"),
  shortcut("/settings/account"),
  shortcut("/settings/members"),
  shortcut("/settings/webhooks"),
  shortcut("/settings/management-keys"),
  shortcut("/settings/audit-log"),
];

const routeTree = root.addChildren([
  authPages.addChildren(authRoutes),
  signedIn.addChildren([
    home,
    ...shortcuts,
    account.addChildren([...accountRoutes, accountSettings.addChildren(accountSettingsRoutes)]),
    userSettings.addChildren(userSettingsRoutes),
    operator.addChildren(operatorRoutes),
  ]),
]);

export function createDashboardRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: publicPath("/"),
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
  interface StaticDataRouteOption {
    /** A file of texts that pages here begin with, fetched together with their code. */
    texts?: string;
  }
}
