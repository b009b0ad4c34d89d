import type { Role } from "@/api/types";

const ORDER: Role[] = ["viewer", "member", "admin", "owner"];

/** Does `role` include what `needed` may do? */
export function roleIncludes(role: Role | null | undefined, needed: Role): boolean {
  return role != null && ORDER.indexOf(role) >= ORDER.indexOf(needed);
}
