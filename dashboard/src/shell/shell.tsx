import {
  AppShell,
  Burger,
  Group,
  ScrollArea,
  useMantineColorScheme,
  useMantineTheme,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure, useMediaQuery, useWindowEvent } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useDeferredValue, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { MeResponse } from "@/api/types";
import { Brand } from "@/components/brand";
import { PagePending } from "@/components/page-pending";
import { changeLanguage } from "@/i18n/i18n";
import { AccountSwitcher } from "./account-switcher";
import { Bell } from "./bell";
import { FindButton } from "./find/find-button";
import { Navigation } from "./navigation";
import classes from "./shell.module.css";
import { UserMenu } from "./user-menu";

/** What surrounds every page of a signed-in user. */
export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const [isOpen, menu] = useDisclosure(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const main = useFocusOnNavigation(pathname);
  const { breakpoints } = useMantineTheme();
  const isNarrow = !useMediaQuery(`(min-width: ${breakpoints.md})`, true, { getInitialValueInEffect: false });
  const opener = useRef<HTMLButtonElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  // What surrounds the page is painted before the page, which is most of the work, is rendered for the first time.
  const isPageDue = useDeferredValue(true, false);
  useChoicesOf(me);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the menu
  useEffect(() => menu.close(), [pathname]);
  useWindowEvent("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen || !isNarrow || event.defaultPrevented) return;
    menu.close();
    // Once the header can take the focus again.
    setTimeout(() => opener.current?.focus());
  });
  useEffect(() => {
    if (isNarrow && isOpen) closer.current?.focus();
  }, [isNarrow, isOpen]);

  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 54, md: 0 } }}
      navbar={{ width: 244, breakpoint: "md", collapsed: { mobile: !isOpen } }}
      padding={0}
      withBorder={false}
    >
      <a href="#main" className="yx-skip">
        {t("shell.skip")}
      </a>
      <AppShell.Header hiddenFrom="md" className={classes.header} inert={isNarrow && isOpen}>
        <Group h="100%" px="md" justify="space-between">
          <Link to="/" className={classes.brandLink} aria-label={t("shell.home")}>
            <Brand />
          </Link>
          <Group gap={6} wrap="nowrap">
            {isNarrow ? <Bell /> : null}
            <Burger
              ref={opener}
              opened={isOpen}
              onClick={menu.toggle}
              size="sm"
              aria-label={t("shell.menu")}
              aria-expanded={isOpen}
            />
          </Group>
        </Group>
      </AppShell.Header>
      {/* On a narrow screen either the menu or the page is there; the other is not to be reached by keyboard. */}
      <AppShell.Navbar
        className={classes.navbar}
        aria-label={t("shell.navigation")}
        inert={isNarrow && !isOpen}
      >
        <Group className={classes.navbarTop} justify="space-between" wrap="nowrap">
          <Link to="/" className={classes.brandLink} aria-label={t("shell.home")}>
            <Brand />
          </Link>
          {isNarrow ? null : <Bell />}
          <Burger
            ref={closer}
            hiddenFrom="md"
            opened={isOpen}
            onClick={menu.toggle}
            size="sm"
            aria-label={t("shell.closeMenu")}
          />
        </Group>
        <div className={classes.switcher}>
          <AccountSwitcher />
          <FindButton />
        </div>
        <ScrollArea className={classes.navScroll} type="scroll" scrollbarSize={6}>
          <Navigation />
        </ScrollArea>
        <div className={classes.navbarBottom}>
          <UserMenu />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} inert={isNarrow && isOpen}>
        <div className={classes.page}>
          <Suspense fallback={<PagePending />}>{isPageDue ? <Outlet /> : <PagePending />}</Suspense>
        </div>
        <VisuallyHidden aria-live="polite" id="announcer" />
      </AppShell.Main>
    </AppShell>
  );
}

/** The language and theme that the user chose, perhaps in another browser. "As the system" leaves this browser's choice alone. */
function useChoicesOf(me: MeResponse): void {
  const { language, theme } = me.user;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (language) void changeLanguage(language);
  }, [language]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the choice changes, not when the setter does
  useEffect(() => {
    if (theme !== "system") setColorScheme(theme);
  }, [theme]);
}

/** After a change of page, reading and tabbing go on at the new page's begin; changes of filters leave the focus alone. */
function useFocusOnNavigation(pathname: string) {
  const main = useRef<HTMLElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
