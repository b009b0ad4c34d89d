import { Alert } from "@mantine/core";
import { Outlet, useParams } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { rememberAccount, useCurrentAccount } from "@/api/session";
import { AccountNotices } from "./account-notices";
import { NotFoundPage } from "./fallbacks";

/** Around every page of an account: it must be one of mine, or I am an operator who looks at it. */
export function AccountLayout() {
  const { t } = useTranslation();
  const { accountId = "" } = useParams({ strict: false });
  const account = useCurrentAccount();
  const isOwn = account !== null && !account.isVisiting;
  useEffect(() => {
    if (isOwn) rememberAccount(accountId);
  }, [isOwn, accountId]);
  if (account === null) return <NotFoundPage />;
  return (
    <>
      {account.isVisiting ? (
        <Alert
          color="amber"
          icon={<Eye size={18} />}
          mb="lg"
          title={t("visiting.title", { name: account.name || account.id })}
        >
          {t("visiting.text")}
        </Alert>
      ) : null}
      <AccountNotices account={account} />
      {/* Another account is another set of pages: nothing typed or opened in one is carried into the other. */}
      <Outlet key={accountId} />
    </>
  );
}
