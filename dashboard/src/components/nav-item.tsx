import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithRef } from "react";

interface NavAnchorProps extends ComponentPropsWithRef<"a"> {
  icon: LucideIcon;
  iconSize?: number;
  /** Active although the address says otherwise. */
  isActive?: boolean;
}

function NavAnchor({ icon: Icon, iconSize = 17, isActive, children, ...props }: NavAnchorProps) {
  return (
    <a {...props} {...(isActive ? { "data-status": "active", "aria-current": "true" as const } : {})}>
      <Icon size={iconSize} strokeWidth={1.9} aria-hidden />
      {children}
    </a>
  );
}

const NavLink = createLink(NavAnchor);

/** A place of a menu. Filters in the address do not make it another one. */
export const NavItem: LinkComponent<typeof NavAnchor> = (props) => (
  <li>
    <NavLink activeOptions={{ includeSearch: false }} {...props} />
  </li>
);
