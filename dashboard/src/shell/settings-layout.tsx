import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import {
  Bell,
  Building2,
  Laptop,
  type LucideIcon,
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
import classes from "@/components/settings.module.css";
import { PagePending } from "./fallbacks";

/** A user's own settings and those of the current account, side by side: people do not know which is which. */
export function SettingsLayout() {
  const { t } = useTranslation("settings");
  const account = useCurrentAccount();
  const base = account ? `/a/${account.id}/settings` : "";
  const nav = useActiveInView();
  return (
    <div className={classes.layout}>
      <nav ref={nav} className={classes.nav} aria-label={t("nav.label")}>
        <p className={classes.group}>{t("nav.you")}</p>
        <ul className={classes.list}>
          <Item to="/settings/profile" icon={UserRound} label={t("nav.profile")} />
          <Item to="/settings/security" icon={ShieldCheck} label={t("nav.security")} />
          <Item to="/settings/sessions" icon={Laptop} label={t("nav.sessions")} />
          <Item to="/settings/notifications" icon={Bell} label={t("nav.notifications")} />
        </ul>
        {account ? (
          <>
            <p className={`${classes.group} yx-untrusted`} title={account.name}>
              {account.name || t("nav.account")}
            </p>
            <ul className={classes.list}>
              <Item to={`${base}/account`} icon={Building2} label={t("nav.general")} />
              <Item to={`${base}/members`} icon={Users} label={t("nav.members")} />
              <Item to={`${base}/management-keys`} icon={Workflow} label={t("nav.managementKeys")} />
              <Item to={`${base}/webhooks`} icon={Webhook} label={t("nav.webhooks")} />
              <Item to={`${base}/audit-log`} icon={ScrollText} label={t("nav.auditLog")} />
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

function Item({ to, icon: Icon, label }: { to: string; icon: LucideIcon; label: string }) {
  return (
    <li>
      <Link to={to as "/"} className={classes.link} activeOptions={{ includeSearch: false }}>
        <Icon size={16} strokeWidth={1.9} aria-hidden />
        {label}
      </Link>
    </li>
  );
}
