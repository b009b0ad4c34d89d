import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OnAnchor } from "./on-anchor";

/** `Anchor` as a link of the router: its address, parts and parameters are checked against the routes. */
export const AnchorLink = createLink((props: OnAnchor<AnchorProps>) => <Anchor {...props} />);
