import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** To the page of a model. Ids may hold slashes, which stay slashes in the address. */
export function ModelLink({
  accountId,
  modelId,
  className,
  children,
}: {
  accountId: string;
  modelId: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Link to="/a/$accountId/models/$" params={{ accountId, _splat: modelId }} className={className}>
      {children}
    </Link>
  );
}
