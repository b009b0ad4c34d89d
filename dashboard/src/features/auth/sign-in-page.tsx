import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { publicPath } from "@/base-path";
import { useSearchState } from "@/hooks/use-search-state";
import { CodeForm } from "./code-form";
import { CredentialsForm } from "./credentials-form";
import { maybeMeQuery, useEnter, useSignIn } from "./queries";
import { safeReturnPath } from "./return-to";

export function SignInPage() {
  const [search] = useSearchState();
  const returnTo = safeReturnPath(search.return_to);
  // Someone who is signed in goes on at once; except where a session was just found ended, whose end must not be asked about again.
  const asksWho = search.reason === undefined;
  const me = useQuery({ ...maybeMeQuery, enabled: asksWho });
  const [credentials, setCredentials] = useState({ email: "", password: "" });
  const [needsCode, setNeedsCode] = useState(false);
  const signIn = useSignIn();
  const enter = useEnter();

  const submit = (code?: string) => {
    const email = credentials.email.trim();
    signIn.mutate(
      { email, password: credentials.password, ...(code ? { code } : {}) },
      {
        onSuccess: (user) => enter(user, returnTo),
        onError: (error) => {
          if (error instanceof ApiError && error.code === "two_factor_required" && !needsCode) {
            setNeedsCode(true);
            signIn.reset();
          }
        },
      },
    );
  };

  if (asksWho && me.data && !signIn.isSuccess) return <GoOn to={returnTo} />;
  if (needsCode) {
    return (
      <CodeForm
        error={signIn.error}
        isPending={signIn.isPending || signIn.isSuccess}
        onSubmit={submit}
        onBack={() => {
          signIn.reset();
          setNeedsCode(false);
          setCredentials({ ...credentials, password: "" });
        }}
      />
    );
  }
  return (
    <CredentialsForm
      value={credentials}
      onChange={setCredentials}
      error={signIn.error}
      isPending={signIn.isPending || signIn.isSuccess}
      onSubmit={() => submit()}
      returnTo={returnTo}
    />
  );
}

/** To a path with its search, which no route's type can say, instead of this page. */
function GoOn({ to }: { to: string }) {
  const { history } = useRouter();
  useEffect(() => history.replace(publicPath(to)), [history, to]);
  return null;
}
