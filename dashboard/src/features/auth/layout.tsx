import { Text } from "@mantine/core";
import { Link, Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Brand } from "@/components/brand";
import { PagePending } from "@/components/page-pending";
import { AsidePicture } from "./aside-picture";
import classes from "./auth.module.css";
import { Preferences } from "./preferences";

/** Around the pages of people who are not signed in yet. */
export function AuthLayout() {
  const { t } = useTranslation(["auth", "common"]);
  return (
    <div className={classes.page}>
      <div className={classes.side}>
        <header className={classes.top}>
          <Link to="/sign-in" className={classes.brandLink} aria-label={t("common:shell.home")}>
            <Brand />
          </Link>
          <Preferences />
        </header>
        <main className={classes.main} id="main">
          <div className={classes.form}>
            <Suspense fallback={<PagePending />}>
              <Outlet />
            </Suspense>
          </div>
        </main>
      </div>
      <aside className={classes.aside}>
        <AsidePicture />
        <div className={classes.asideText}>
          <Text fw={600} fz="1.25rem" mb={6}>
            {t("aside.heading")}
          </Text>
          <Text c="dimmed">{t("aside.text")}</Text>
        </div>
      </aside>
    </div>
  );
}
