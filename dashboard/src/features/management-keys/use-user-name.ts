import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Audience } from "@/api/audience";
import { useMe } from "@/api/session";
import { membersQuery } from "@/features/members/queries";

/** The name of a user by id, where it is the reader or a member of the account; else the id. */
export function useUserName(audience: Audience): (id: string) => string {
  const { user } = useMe();
  const accountId = audience === "operator" ? "" : audience.accountId;
  const members = useQuery({ ...membersQuery(accountId), enabled: accountId !== "" }).data;
  return useCallback(
    (id) => {
      if (id === user.id) return user.name || user.email;
      const member = members?.find((one) => one.user_id === id);
      return member ? member.name || member.email : id;
    },
    [user, members],
  );
}
