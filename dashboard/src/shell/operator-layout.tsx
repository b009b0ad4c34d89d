import { Outlet } from "@tanstack/react-router";
import { useMe } from "@/api/session";
import { NoPermission } from "@/components/no-permission";
import { OperatorNotices } from "./operator-notices";

export function OperatorLayout() {
  const me = useMe();
  if (!me.user.is_operator) return <NoPermission audience="operator" />;
  return (
    <>
      <OperatorNotices />
      <Outlet />
    </>
  );
}
