import { useQuery } from "@tanstack/react-query";
import { ShieldCheck, Terminal } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/components/links/button-link";
import { PagePending } from "@/components/page-pending";
import { AccountForm } from "./account-form";
import { AuthHeading, Notice } from "./parts";
import { authOptionsQuery, useCreateFirstOperator, useEnter } from "./queries";
import { useFragmentToken } from "./use-fragment-token";

export function FirstOperatorPage() {
  const { t } = useTranslation("auth");
  const token = useFragmentToken();
  const options = useQuery(authOptionsQuery);
  const create = useCreateFirstOperator();
  const enter = useEnter();

  if (options.isPending) return <PagePending />;
  if (options.data?.needs_first_operator === false && !create.isSuccess) {
    return (
      <Notice icon={ShieldCheck} title={t("firstOperator.takenTitle")} text={t("firstOperator.takenText")}>
        <ButtonLink to="/sign-in" fullWidth>
          {t("firstOperator.signIn")}
        </ButtonLink>
      </Notice>
    );
  }
  if (token === null) {
    return (
      <Notice icon={Terminal} title={t("firstOperator.missingTitle")} text={t("firstOperator.missingText")} />
    );
  }
  return (
    <>
      <AuthHeading title={t("firstOperator.title")} text={t("firstOperator.text")} />
      <AccountForm
        submitLabel={t("firstOperator.submit")}
        error={create.error}
        isPending={create.isPending || create.isSuccess}
        onSubmit={(user) =>
          create.mutate({ token, ...user }, { onSuccess: (me) => enter(me, "/operator/providers") })
        }
      />
    </>
  );
}
