import { AppShell, Burger, Group, ScrollArea, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Brand } from "@/components/brand";
import { useMe } from "@/features/session/queries";
import { changeLanguage } from "@/i18n/i18n";
import { AccountSwitcher } from "./account-switcher";
import { PagePending } from "./fallbacks";
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
  const language = me.user.language;

  useEffect(() => {
    if (language) void changeLanguage(language);
  }, [language]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the menu
  useEffect(() => menu.close(), [pathname]);

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
      <AppShell.Header hiddenFrom="md" className={classes.header}>
        <Group h="100%" px="md" justify="space-between">
          <Link to="/" className={classes.brandLink} aria-label={t("shell.home")}>
            <Brand />
          </Link>
          <Burger
            opened={isOpen}
            onClick={menu.toggle}
            size="sm"
            aria-label={t("shell.menu")}
            aria-expanded={isOpen}
          />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t("shell.navigation")}>
        <Group className={classes.navbarTop} justify="space-between" wrap="nowrap">
          <Link to="/" className={classes.brandLink} aria-label={t("shell.home")}>
            <Brand />
          </Link>
          <Burger
            hiddenFrom="md"
            opened={isOpen}
            onClick={menu.toggle}
            size="sm"
            aria-label={t("shell.menu")}
          />
        </Group>
        <div className={classes.switcher}>
          <AccountSwitcher />
        </div>
        <ScrollArea className={classes.navScroll} type="scroll" scrollbarSize={6}>
          <Navigation />
        </ScrollArea>
        <div className={classes.navbarBottom}>
          <UserMenu />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1}>
        <div className={classes.page}>
          <Suspense fallback={<PagePending />}>
            <Outlet />
          </Suspense>
        </div>
        <VisuallyHidden aria-live="polite" id="announcer" />
      </AppShell.Main>
    </AppShell>
  );
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
