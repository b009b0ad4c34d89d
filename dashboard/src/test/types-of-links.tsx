import { Boxes } from "lucide-react";
import { AnchorLink } from "@/components/links/anchor-link";
import { ButtonLink } from "@/components/links/button-link";
import { NavItem } from "@/components/nav-item";

/** Never drawn: the type checker holds that links lead to routes that there are, with the parameters that they have. */
export function TypesOfLinks() {
  return (
    <>
      <AnchorLink to="/a/$accountId/usage" params={{ accountId: "x" }} search={{ model: "m" }} />
      {/* @ts-expect-error: there is no such route */}
      <AnchorLink to="/operator/account" />
      {/* @ts-expect-error: the route needs its parameter */}
      <ButtonLink to="/a/$accountId/usage" />
      {/* @ts-expect-error: there is no such parameter */}
      <AnchorLink to="/operator/deployments" search={{ provdier: "x" }} />
      {/* @ts-expect-error: there is no such route */}
      <NavItem to="/operator/nothing" icon={Boxes} />
    </>
  );
}
