import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Stands in for a page that is on its way. */
export function PagePending() {
  const { t } = useTranslation();
  return (
    <Center mih="50vh" role="status" aria-label={t("loading")}>
      <Loader />
    </Center>
  );
}
