import { Text } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import type { OnAnchor } from "./on-anchor";

/** To the page that this one hangs on. */
export const ParentLink = createLink(({ children, ...props }: OnAnchor<{ children?: ReactNode }>) => (
  <Text
    component="a"
    size="sm"
    c="dimmed"
    mb={8}
    style={{ display: "inline-flex", alignItems: "center", gap: 4, textDecoration: "none" }}
    {...props}
  >
    <ChevronLeft size={15} aria-hidden />
    {children}
  </Text>
));
