import { Menu, type MenuItemProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OnAnchor } from "./on-anchor";

/** `Menu.Item` as a link of the router: its address, parts and parameters are checked against the routes. */
export const MenuItemLink = createLink((props: OnAnchor<MenuItemProps>) => (
  <Menu.Item component="a" {...props} />
));
