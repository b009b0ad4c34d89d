import { Stack, Text, Title } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./state.module.css";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
  headingOrder?: 1 | 2 | 3;
}

export function EmptyState({ icon: Icon, title, text, action, headingOrder = 2 }: EmptyStateProps) {
  return (
    <Stack align="center" gap={6} className={classes.state}>
      <span className={classes.icon} aria-hidden>
        <Icon size={22} strokeWidth={1.7} />
      </span>
      <Title order={headingOrder} size="h3">
        {title}
      </Title>
      {text ? (
        <Text c="dimmed" size="sm" maw={440} ta="center">
          {text}
        </Text>
      ) : null}
      {action ? <div className={classes.action}>{action}</div> : null}
    </Stack>
  );
}
