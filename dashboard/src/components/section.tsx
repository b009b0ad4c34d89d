import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./section.module.css";

interface SectionProps {
  title: string;
  text?: ReactNode;
  /** Beside the title: the state. */
  badge?: ReactNode;
  /** On the right: buttons. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** One matter of a settings page. */
export function Section({ title, text, badge, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.sectionHead}>
        <div className={classes.sectionText}>
          <Group gap={10}>
            <Title order={2} size="h3" id={id}>
              {title}
            </Title>
            {badge}
          </Group>
          {text ? (
            <Text size="sm" c="dimmed" mt={3} maw={560}>
              {text}
            </Text>
          ) : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </div>
      {children ? <div className={classes.sectionBody}>{children}</div> : null}
    </section>
  );
}
