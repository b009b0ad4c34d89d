import { Button, Stack } from "@mantine/core";
import { LogIn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import type { AuthOptionsResponse } from "@/api/types";
import classes from "./auth.module.css";

/** Ways to sign in without a password here; the browser itself goes there, so they are links. */
export function ProviderButtons({
  options,
  returnTo,
}: {
  options: AuthOptionsResponse | undefined;
  returnTo: string;
}) {
  const { t } = useTranslation("auth");
  if (!options || options.providers.length === 0) return null;
  return (
    <>
      <div className={classes.divider}>{t("signIn.or")}</div>
      <Stack gap="xs">
        {options.providers.map((provider) => (
          <Button
            key={provider.name}
            component="a"
            href={apiUrl("/auth/providers/{name}/start", {
              path: { name: provider.name },
              query: { return_to: returnTo },
            })}
            variant="default"
            fullWidth
            leftSection={<LogIn size={15} aria-hidden />}
          >
            {t("signIn.with", { provider: provider.display_name })}
          </Button>
        ))}
      </Stack>
    </>
  );
}
