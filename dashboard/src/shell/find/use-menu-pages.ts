import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ACCOUNT_PAGES, OPERATOR_GROUPS } from "../pages";
import type { MenuPage } from "./hits";

/** The pages that the reader's menu has. */
export function useMenuPages(accountId: string, isOperator: boolean): MenuPage[] {
  const { t } = useTranslation();
  return useMemo((): MenuPage[] => {
    const ofAccount = ACCOUNT_PAGES.map(
      ({ name, to }): MenuPage => ({
        label: t(`nav.${name}`),
        group: "",
        target: { page: "account-page", to, accountId },
      }),
    );
    const ofOperator = OPERATOR_GROUPS.flatMap((group) =>
      group.items.map(
        ({ name, to }): MenuPage => ({
          label: t(`nav.${name}`),
          group: t(`nav.group.${group.name}`),
          target: { page: "operator-page", to },
        }),
      ),
    );
    return [...(accountId === "" ? [] : ofAccount), ...(isOperator ? ofOperator : [])];
  }, [t, accountId, isOperator]);
}
