import { Collapse, Stack, Text, UnstyledButton } from "@mantine/core";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import classes from "./key-fields.module.css";

interface FoldedSectionProps {
  title: string;
  /** What is in it, for those who leave it folded. */
  summary: string;
  isOpenAtFirst: boolean;
  /** Open while something in it is wrong. */
  hasError?: boolean;
  children: (isOpen: boolean) => ReactNode;
}

/** Fields that most keys do without, folded away until somebody wants them. */
export function FoldedSection({ title, summary, isOpenAtFirst, hasError, children }: FoldedSectionProps) {
  const [wasOpened, setWasOpened] = useState(isOpenAtFirst);
  const isOpen = wasOpened || hasError === true;
  const id = useId();
  return (
    <div className={classes.section}>
      <UnstyledButton
        className={classes.toggle}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setWasOpened((open) => !open)}
      >
        <ChevronRight size={16} aria-hidden className={classes.chevron} data-open={isOpen || undefined} />
        <span>
          <Text span fw={500} size="sm" display="block">
            {title}
          </Text>
          <Text span size="xs" c="dimmed" display="block">
            {summary}
          </Text>
        </span>
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id}>
        <Stack gap="md" p="sm" pt={4}>
          {children(isOpen)}
        </Stack>
      </Collapse>
    </div>
  );
}
