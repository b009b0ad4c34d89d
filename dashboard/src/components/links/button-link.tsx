import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OnAnchor } from "./on-anchor";

/** `Button` as a link of the router: its address, parts and parameters are checked against the routes. */
export const ButtonLink = createLink((props: OnAnchor<ButtonProps>) => <Button component="a" {...props} />);
