import { useRouterState } from "@tanstack/react-router";
import { BookOpen, Settings } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount, useMe } from "@/api/session";
import { publicPath } from "@/base-path";
import { NavItem } from "@/components/nav-item";
import { ACCOUNT_PAGES, OPERATOR_GROUPS } from "./pages";
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
          {ACCOUNT_PAGES.map((page) => (
            <NavItem
              key={page.to}
              to={page.to}
              params={{ accountId: account.id }}
              icon={page.icon}
              className={classes.link}
            >
              {t(`nav.${page.name}`)}
            </NavItem>
          ))}
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
