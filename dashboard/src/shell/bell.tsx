import { ActionIcon, Indicator, Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Bell as BellIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount } from "@/api/session";
import { PagePending } from "@/components/page-pending";
import { unseenEventsQuery } from "@/features/key-events/queries";

const LatestEvents = lazy(() =>
  import("@/features/key-events/shared/latest-events").then((module) => ({ default: module.LatestEvents })),
);

/** The server counts no further. */
const UNSEEN_MAX = 100;

/** What was noticed about the keys of the account, and how much of it is new to the reader. */
export function Bell() {
  const { t } = useTranslation();
  const account = useCurrentAccount();
  const accountId = account !== null && !account.isVisiting ? account.id : null;
  const unseen = useQuery({ ...unseenEventsQuery(accountId ?? ""), enabled: accountId !== null });
  const [isOpen, setIsOpen] = useState(false);
  if (accountId === null) return null;
  const count = unseen.data?.count ?? 0;
  const shown = count >= UNSEEN_MAX ? "99+" : String(count);
  return (
    <Popover
      opened={isOpen}
      onChange={setIsOpen}
      width={360}
      position="bottom-start"
      shadow="lg"
      trapFocus
      returnFocus
    >
      <Indicator label={shown} size={15} offset={5} disabled={count === 0} color="red">
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={count === 0 ? t("shell.events") : t("shell.eventsUnseen", { count, shown })}
            onClick={() => setIsOpen((open) => !open)}
          >
            <BellIcon size={17} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown mah={440} style={{ overflowY: "auto" }}>
        <Suspense fallback={<PagePending />}>
          <LatestEvents accountId={accountId} onLeave={() => setIsOpen(false)} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
