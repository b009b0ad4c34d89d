import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createQueryClient } from "./api/query-client";
import { meQuery } from "./api/session";
import { innerPath } from "./base-path";
import { beginTexts } from "./i18n/i18n";
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

/** Asks for what the first page needs while the words are on their way: who is signed in, and the page's own code. */
export function beginLoading(pathname: string): void {
  void queryClient.prefetchQuery(meQuery);
  // Home leads to the overview of an account, which is known only when the user is.
  const inside = innerPath(pathname);
  const first = inside === "/" ? "/a/account/overview" : inside;
  const [routes] = router.getMatchedRoutes(first);
  for (const { options } of routes) {
    const component: unknown = options.component;
    if (isPreloadable(component)) void component.preload();
    if (options.staticData?.texts !== undefined) beginTexts(options.staticData.texts);
  }
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
