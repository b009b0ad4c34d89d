import { Menu, ScrollArea, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount, useMe } from "@/api/session";
import { publicPath } from "@/base-path";
import { useTierName } from "@/hooks/use-tier-name";
import { initial } from "@/lib/person-name";
import classes from "./shell.module.css";

export function AccountSwitcher() {
  const { t } = useTranslation();
  const tierName = useTierName();
  const me = useMe();
  const current = useCurrentAccount();
  const router = useRouter();
  if (me.accounts.length === 0 && current === null) return null;
  const name = current?.name || current?.id || t("shell.chooseAccount");
  return (
    <Menu width="target" position="bottom-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.switch}>
          <span className={classes.avatar} aria-hidden>
            {initial(name)}
          </span>
          <span className={classes.switchText}>
            <Text span size="sm" fw={600} truncate display="block" className="yx-untrusted">
              {name}
            </Text>
            <Text span size="xs" c="dimmed" display="block">
              {current ? tierName(current.tier) : null}
            </Text>
          </span>
          <VisuallyHidden>{t("shell.switchAccount")}</VisuallyHidden>
          <ChevronsUpDown size={15} aria-hidden opacity={0.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("shell.accounts")}</Menu.Label>
        <ScrollArea.Autosize mah={320}>
          {me.accounts.map((account) => (
            <Menu.Item
              key={account.id}
              onClick={() =>
                router.history.push(publicPath(samePageOf(account.id, router.state.location.pathname)))
              }
              leftSection={
                <span className={classes.avatar} aria-hidden>
                  {initial(account.name || account.id)}
                </span>
              }
              rightSection={
                account.id === current?.id ? <Check size={15} aria-label={t("shell.currentAccount")} /> : null
              }
            >
              <Text size="sm" fw={500} truncate maw={130} className="yx-untrusted">
                {account.name || account.id}
              </Text>
              <Text size="xs" c="dimmed">
                {t(`roles.${account.role}`)}
                {account.status === "suspended" ? (
                  <Text span size="xs" c="red">
                    {" · "}
                    {t("shell.suspended")}
                  </Text>
                ) : null}
              </Text>
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The same page of another account; what is only in one account (a key, a request) becomes its list. */
export function samePageOf(accountId: string, pathname: string): string {
  const [, page = "overview", sub] = /^\/a\/[^/]+\/([^/]+)(?:\/([^/]+))?/.exec(pathname) ?? [];
  return page === "settings" && sub ? `/a/${accountId}/settings/${sub}` : `/a/${accountId}/${page}`;
}
