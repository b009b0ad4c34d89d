import { useTranslation } from "react-i18next";

/** The word for a meter; the name of one that a newer server counts. */
export function useMeterWord() {
  const { t, i18n } = useTranslation("requests");
  return (meter: string) =>
    i18n.exists(`meter.${meter}`, { ns: "requests" }) ? t(`meter.${meter}` as "meter.images") : meter;
}
