import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { createQueryClient } from "./api/query-client";
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

export function App() {
  const { i18n } = useTranslation();
  const theme = useMemo(() => createDashboardTheme(i18n.language), [i18n.language]);
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
