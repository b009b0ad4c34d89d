import { Link, useRouterState } from "@tanstack/react-router";
import {
  Activity,
  BarChart3,
  BookOpen,
  Boxes,
  Building2,
  ChartNoAxesCombined,
  Cpu,
  FlaskConical,
  Gauge,
  HeartPulse,
  KeyRound,
  Layers,
  LayoutDashboard,
  type LucideIcon,
  MessageSquareText,
  Network,
  ScrollText,
  Settings,
  Users,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount, useMe } from "@/api/session";
import { publicPath } from "@/base-path";
import classes from "./shell.module.css";

export function Navigation() {
  const { t } = useTranslation();
  const me = useMe();
  const account = useCurrentAccount();
  // An account's settings are elsewhere in the address, but the same place for people.
  const isSettings = useRouterState({
    select: (state) => /^\/a\/[^/]+\/settings\//.test(state.location.pathname),
  });
  return (
    <>
      {account ? (
        <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
          <AccountItem
            to="overview"
            icon={LayoutDashboard}
            label={t("nav.overview")}
            accountId={account.id}
          />
          <AccountItem to="api-keys" icon={KeyRound} label={t("nav.apiKeys")} accountId={account.id} />
          <AccountItem to="usage" icon={BarChart3} label={t("nav.usage")} accountId={account.id} />
          <AccountItem to="requests" icon={Activity} label={t("nav.requests")} accountId={account.id} />
          <AccountItem to="models" icon={Boxes} label={t("nav.models")} accountId={account.id} />
          <AccountItem
            to="playground"
            icon={FlaskConical}
            label={t("nav.playground")}
            accountId={account.id}
          />
        </ul>
      ) : null}
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        <Item to="/settings" icon={Settings} label={t("nav.settings")} isActive={isSettings} />
        <li>
          {/* Pages of their own, not of this application. */}
          <a href={publicPath("/docs")} className={classes.link}>
            <BookOpen size={17} strokeWidth={1.9} aria-hidden />
            {t("nav.documentation")}
          </a>
        </li>
      </ul>
      {me.user.is_operator ? (
        <>
          <p className={classes.section} id="nav-operator">
            {t("nav.operator")}
          </p>
          <ul style={{ listStyle: "none", margin: 0, padding: 0 }} aria-labelledby="nav-operator">
            <Item to="/operator/accounts" icon={Building2} label={t("nav.accounts")} />
            <Item to="/operator/users" icon={Users} label={t("nav.users")} />
            <Item to="/operator/tiers" icon={Layers} label={t("nav.tiers")} />
            <Item to="/operator/providers" icon={Network} label={t("nav.providers")} />
            <Item to="/operator/models" icon={Cpu} label={t("nav.operatorModels")} />
            <Item to="/operator/deployments" icon={HeartPulse} label={t("nav.deployments")} />
            <Item to="/operator/usage" icon={ChartNoAxesCombined} label={t("nav.operatorUsage")} />
            <Item to="/operator/audit-log" icon={ScrollText} label={t("nav.auditLog")} />
            <Item to="/operator/docs-feedback" icon={MessageSquareText} label={t("nav.docsFeedback")} />
            <Item to="/operator/system" icon={Gauge} label={t("nav.system")} />
            <Item to="/operator/management-keys" icon={KeyRound} label={t("nav.managementKeys")} />
          </ul>
        </>
      ) : null}
    </>
  );
}

interface ItemProps {
  to: string;
  icon: LucideIcon;
  label: string;
  /** Active although the address says otherwise. */
  isActive?: boolean;
}

function Item({ to, icon: Icon, label, isActive }: ItemProps) {
  return (
    <li>
      <Link
        to={to as "/"}
        className={classes.link}
        activeOptions={{ includeSearch: false }}
        {...(isActive ? { "data-status": "active", "aria-current": "true" as const } : {})}
      >
        <Icon size={17} strokeWidth={1.9} aria-hidden />
        {label}
      </Link>
    </li>
  );
}

function AccountItem({ accountId, to, ...rest }: ItemProps & { accountId: string }) {
  return <Item to={`/a/${accountId}/${to}`} {...rest} />;
}
