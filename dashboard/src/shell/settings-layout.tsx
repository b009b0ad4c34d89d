import { Outlet, useRouterState } from "@tanstack/react-router";
import {
  Bell,
  Building2,
  Laptop,
  ScrollText,
  ShieldCheck,
  UserRound,
  Users,
  Webhook,
  Workflow,
} from "lucide-react";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount } from "@/api/session";
import { NavItem } from "@/components/nav-item";
import { PagePending } from "@/components/page-pending";
import classes from "./settings-layout.module.css";

/** A user's own settings and those of the current account, side by side: people do not know which is which. */
export function SettingsLayout() {
  const { t } = useTranslation("settings");
  const account = useCurrentAccount();
  const nav = useActiveInView();
  return (
    <div className={classes.layout}>
      <nav ref={nav} className={classes.nav} aria-label={t("nav.label")}>
        <p className={classes.group}>{t("nav.you")}</p>
        <ul className={classes.list}>
          <NavItem to="/settings/profile" icon={UserRound} iconSize={16} className={classes.link}>
            {t("nav.profile")}
          </NavItem>
          <NavItem to="/settings/security" icon={ShieldCheck} iconSize={16} className={classes.link}>
            {t("nav.security")}
          </NavItem>
          <NavItem to="/settings/sessions" icon={Laptop} iconSize={16} className={classes.link}>
            {t("nav.sessions")}
          </NavItem>
          <NavItem to="/settings/notifications" icon={Bell} iconSize={16} className={classes.link}>
            {t("nav.notifications")}
          </NavItem>
        </ul>
        {account ? (
          <>
            <p className={`${classes.group} yx-untrusted`} title={account.name}>
              {account.name || t("nav.account")}
            </p>
            <ul className={classes.list}>
              <NavItem
                to="/a/$accountId/settings/account"
                params={{ accountId: account.id }}
                icon={Building2}
                iconSize={16}
                className={classes.link}
              >
                {t("nav.general")}
              </NavItem>
              <NavItem
                to="/a/$accountId/settings/members"
                params={{ accountId: account.id }}
                icon={Users}
                iconSize={16}
                className={classes.link}
              >
                {t("nav.members")}
              </NavItem>
              <NavItem
                to="/a/$accountId/settings/management-keys"
                params={{ accountId: account.id }}
                icon={Workflow}
                iconSize={16}
                className={classes.link}
              >
                {t("nav.managementKeys")}
              </NavItem>
              <NavItem
                to="/a/$accountId/settings/webhooks"
                params={{ accountId: account.id }}
                icon={Webhook}
                iconSize={16}
                className={classes.link}
              >
                {t("nav.webhooks")}
              </NavItem>
              <NavItem
                to="/a/$accountId/settings/audit-log"
                params={{ accountId: account.id }}
                icon={ScrollText}
                iconSize={16}
                className={classes.link}
              >
                {t("nav.auditLog")}
              </NavItem>
            </ul>
          </>
        ) : null}
      </nav>
      <div style={{ minWidth: 0 }}>
        <Suspense fallback={<PagePending />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}

/** On narrow screens the links are one line that scrolls: the page's own must be in sight. */
function useActiveInView() {
  const nav = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another link
  useEffect(() => {
    const strip = nav.current;
    const link = strip?.querySelector<HTMLElement>('[data-status="active"]');
    if (!strip || !link) return;
    strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  }, [pathname]);
  return nav;
}
