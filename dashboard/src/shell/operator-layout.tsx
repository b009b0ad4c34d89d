import { Outlet } from "@tanstack/react-router";
import { NoPermission } from "@/components/no-permission";
import { useMe } from "@/features/session/queries";

export function OperatorLayout() {
  const me = useMe();
  return me.user.is_operator ? <Outlet /> : <NoPermission audience="operator" />;
}
