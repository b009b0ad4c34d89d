import { Group, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface PageHeaderProps {
  /** Also the browser tab's title. */
  title: string;
  /** What is shown instead of the plain title, where that is more than text. */
  heading?: ReactNode;
  description?: ReactNode;
  /** Above the title: the `<ParentLink>` to the page that this one hangs on. */
  parent?: ReactNode;
  /** Buttons; the main one last. */
  actions?: ReactNode;
}

export function PageHeader({ title, heading, description, parent, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Yunxin`);
  return (
    <header style={{ marginBottom: "1.5rem" }}>
      {parent}
      <Group justify="space-between" align="flex-start" gap="md">
        <div style={{ minWidth: 0, flex: "1 1 260px" }}>
          <Title order={1} className="yx-untrusted">
            {heading ?? title}
          </Title>
          {description ? (
            <Text c="dimmed" mt={4} maw={680}>
              {description}
            </Text>
          ) : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
    </header>
  );
}
