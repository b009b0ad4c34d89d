import { Outlet } from "@tanstack/react-router";
import { useMe } from "@/api/session";
import { NoPermission } from "@/components/no-permission";

export function OperatorLayout() {
  const me = useMe();
  return me.user.is_operator ? <Outlet /> : <NoPermission audience="operator" />;
}
