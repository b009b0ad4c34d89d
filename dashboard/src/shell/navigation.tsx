import { useRouterState } from "@tanstack/react-router";
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
  MessageSquareText,
  Network,
  ScrollText,
  Settings,
  TriangleAlert,
  Users,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount, useMe } from "@/api/session";
import { publicPath } from "@/base-path";
import { NavItem } from "@/components/nav-item";
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
          <NavItem
            to="/a/$accountId/overview"
            params={{ accountId: account.id }}
            icon={LayoutDashboard}
            className={classes.link}
          >
            {t("nav.overview")}
          </NavItem>
          <NavItem
            to="/a/$accountId/api-keys"
            params={{ accountId: account.id }}
            icon={KeyRound}
            className={classes.link}
          >
            {t("nav.apiKeys")}
          </NavItem>
          <NavItem
            to="/a/$accountId/usage"
            params={{ accountId: account.id }}
            icon={BarChart3}
            className={classes.link}
          >
            {t("nav.usage")}
          </NavItem>
          <NavItem
            to="/a/$accountId/requests"
            params={{ accountId: account.id }}
            icon={Activity}
            className={classes.link}
          >
            {t("nav.requests")}
          </NavItem>
          <NavItem
            to="/a/$accountId/errors"
            params={{ accountId: account.id }}
            icon={TriangleAlert}
            className={classes.link}
          >
            {t("nav.errors")}
          </NavItem>
          <NavItem
            to="/a/$accountId/models"
            params={{ accountId: account.id }}
            icon={Boxes}
            className={classes.link}
          >
            {t("nav.models")}
          </NavItem>
          <NavItem
            to="/a/$accountId/playground"
            params={{ accountId: account.id }}
            icon={FlaskConical}
            className={classes.link}
          >
            {t("nav.playground")}
          </NavItem>
        </ul>
      ) : null}
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        <NavItem to="/settings" icon={Settings} isActive={isSettings} className={classes.link}>
          {t("nav.settings")}
        </NavItem>
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
            <NavItem to="/operator/accounts" icon={Building2} className={classes.link}>
              {t("nav.accounts")}
            </NavItem>
            <NavItem to="/operator/users" icon={Users} className={classes.link}>
              {t("nav.users")}
            </NavItem>
            <NavItem to="/operator/tiers" icon={Layers} className={classes.link}>
              {t("nav.tiers")}
            </NavItem>
            <NavItem to="/operator/providers" icon={Network} className={classes.link}>
              {t("nav.providers")}
            </NavItem>
            <NavItem to="/operator/models" icon={Cpu} className={classes.link}>
              {t("nav.operatorModels")}
            </NavItem>
            <NavItem to="/operator/deployments" icon={HeartPulse} className={classes.link}>
              {t("nav.deployments")}
            </NavItem>
            <NavItem to="/operator/usage" icon={ChartNoAxesCombined} className={classes.link}>
              {t("nav.operatorUsage")}
            </NavItem>
            <NavItem to="/operator/errors" icon={TriangleAlert} className={classes.link}>
              {t("nav.errors")}
            </NavItem>
            <NavItem to="/operator/audit-log" icon={ScrollText} className={classes.link}>
              {t("nav.auditLog")}
            </NavItem>
            <NavItem to="/operator/docs-feedback" icon={MessageSquareText} className={classes.link}>
              {t("nav.docsFeedback")}
            </NavItem>
            <NavItem to="/operator/system" icon={Gauge} className={classes.link}>
              {t("nav.system")}
            </NavItem>
            <NavItem to="/operator/management-keys" icon={KeyRound} className={classes.link}>
              {t("nav.managementKeys")}
            </NavItem>
          </ul>
        </>
      ) : null}
    </>
  );
}
