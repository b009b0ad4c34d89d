import { Button, Title } from "@mantine/core";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { PageHeader } from "@/components/page-header";
import { InviteDialog } from "./invite-dialog";
import { InvitesTable } from "./invites-table";
import { MembersTable } from "./table";

export function MembersPage() {
  const { t } = useTranslation("members");
  const account = useAccount();
  const [isInviting, setIsInviting] = useState(false);
  const invite = (
    <Button leftSection={<UserPlus size={15} aria-hidden />} onClick={() => setIsInviting(true)}>
      {t("invite")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("text")} actions={account.can("admin") ? invite : null} />
      <MembersTable invite={account.can("admin") ? invite : null} />
      {account.can("admin") ? (
        <section aria-labelledby="open-invites" style={{ marginTop: 28 }}>
          <Title order={2} size="h3" id="open-invites" mb="sm">
            {t("invitesTitle")}
          </Title>
          <InvitesTable />
          <InviteDialog isOpen={isInviting} onClose={() => setIsInviting(false)} />
        </section>
      ) : null}
    </>
  );
}
