import { useRouterState } from "@tanstack/react-router";
import {
  Activity,
  BarChart3,
  BookOpen,
  Boxes,
  Building2,
  ChartNoAxesCombined,
  Coins,
  Cpu,
  FlaskConical,
  Gauge,
  HeartPulse,
  KeyRound,
  Layers,
  LayoutDashboard,
  MessageSquareText,
  Network,
  Route,
  ScrollText,
  Server,
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
          <NavItem
            to="/a/$accountId/billing"
            params={{ accountId: account.id }}
            icon={Coins}
            className={classes.link}
          >
            {t("nav.billing")}
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
        <div>
          {OPERATOR_GROUPS.map((group) => (
            <div key={group.name}>
              <p className={classes.section} id={`nav-${group.name}`}>
                {t(`nav.group.${group.name}`)}
              </p>
              <ul style={{ listStyle: "none", margin: 0, padding: 0 }} aria-labelledby={`nav-${group.name}`}>
                {group.items.map((item) => (
                  <NavItem key={item.to} to={item.to} icon={item.icon} className={classes.link}>
                    {t(`nav.${item.name}`)}
                  </NavItem>
                ))}
              </ul>
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** The operator's pages, by what they are about. */
const OPERATOR_GROUPS = [
  {
    name: "customers",
    items: [
      { name: "accounts", to: "/operator/accounts", icon: Building2 },
      { name: "users", to: "/operator/users", icon: Users },
      { name: "tiers", to: "/operator/tiers", icon: Layers },
      { name: "credits", to: "/operator/credits", icon: Coins },
      { name: "operatorUsage", to: "/operator/usage", icon: ChartNoAxesCombined },
      { name: "errors", to: "/operator/errors", icon: TriangleAlert },
    ],
  },
  {
    name: "catalogue",
    items: [
      { name: "providers", to: "/operator/providers", icon: Network },
      { name: "operatorModels", to: "/operator/models", icon: Cpu },
      { name: "deployments", to: "/operator/deployments", icon: HeartPulse },
      { name: "routing", to: "/operator/routing", icon: Route },
    ],
  },
  {
    name: "platform",
    items: [
      { name: "auditLog", to: "/operator/audit-log", icon: ScrollText },
      { name: "docsFeedback", to: "/operator/docs-feedback", icon: MessageSquareText },
      { name: "system", to: "/operator/system", icon: Gauge },
      { name: "servers", to: "/operator/servers", icon: Server },
      { name: "managementKeys", to: "/operator/management-keys", icon: KeyRound },
    ],
  },
] as const;
