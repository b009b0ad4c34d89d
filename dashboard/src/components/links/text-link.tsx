import { Text, type TextProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { OnAnchor } from "./on-anchor";

/** `Text` as a link of the router: its address, parts and parameters are checked against the routes. */
export const TextLink = createLink((props: OnAnchor<TextProps>) => <Text component="a" {...props} />);
