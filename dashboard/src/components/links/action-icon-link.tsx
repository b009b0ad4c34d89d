import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OnAnchor } from "./on-anchor";

/** `ActionIcon` as a link of the router: its address, parts and parameters are checked against the routes. */
export const ActionIconLink = createLink((props: OnAnchor<ActionIconProps>) => (
  <ActionIcon component="a" {...props} />
));
