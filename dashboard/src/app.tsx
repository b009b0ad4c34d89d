import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createQueryClient } from "./api/query-client";
import { meQuery } from "./api/session";
import { innerPath } from "./base-path";
import { createDashboardRouter } from "./routes/router";
import { createDashboardTheme, resolveVariables } from "./theme/theme";

const colorSchemeManager = localStorageColorSchemeManager({ key: "yunxin-theme" });

const queryClient = createQueryClient(() => {
  const { pathname, href } = router.state.location;
  if (pathname === "/sign-in") return;
  queryClient.clear();
  void router.navigate({
    to: "/sign-in",
    search: { return_to: innerPath(href), reason: "session_ended" },
    replace: true,
  });
});
const router = createDashboardRouter(queryClient);

/** How long nothing is shown while the first page is on its way; then its pending state is. */
const PATIENCE_MS = 500;

/** Asks for what the first page needs: its own code, and who is signed in. Resolves with its texts when it can be shown at once. */
export function beginLoading(pathname: string): { texts: string[]; isReady: Promise<unknown> } {
  void queryClient.prefetchQuery(meQuery);
  // Home leads to the overview of an account, which is known only when the user is.
  const inside = innerPath(pathname);
  const first = inside === "/" ? "/a/account/overview" : inside;
  const [routes] = router.getMatchedRoutes(first);
  for (const { options } of routes) {
    const component: unknown = options.component;
    if (isPreloadable(component)) void component.preload();
  }
  const texts = routes.flatMap(({ options }) => options.staticData?.texts ?? []);
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return { texts, isReady: Promise.race([router.load(), patience]) };
}

function isPreloadable(component: unknown): component is { preload: () => Promise<unknown> } {
  return typeof component === "function" && "preload" in component && typeof component.preload === "function";
}

export function App() {
  const { i18n, t } = useTranslation();
  const theme = useMemo(() => createDashboardTheme(i18n.language, t("close")), [i18n.language, t]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
