import { Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./auth.module.css";

export function AuthHeading({ title, text }: { title: string; text?: ReactNode }) {
  useDocumentTitle(`${title} · Yunxin`);
  return (
    <header style={{ marginBottom: 22 }}>
      <Title order={1} className="yx-untrusted">
        {title}
      </Title>
      {text ? (
        <Text c="dimmed" mt={6} className="yx-untrusted">
          {text}
        </Text>
      ) : null}
    </header>
  );
}

interface NoticeProps {
  icon: LucideIcon;
  tone?: "ok" | "bad" | "neutral";
  title: string;
  text: ReactNode;
  /** Buttons, the main one first. */
  children?: ReactNode;
}

/** The page says one thing: done, not possible, look elsewhere. It takes the focus, so that it is read out. */
export function Notice({ icon: Icon, tone = "neutral", title, text, children }: NoticeProps) {
  useDocumentTitle(`${title} · Yunxin`);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div>
      <span className={classes.icon} data-tone={tone} aria-hidden>
        <Icon size={21} strokeWidth={1.8} />
      </span>
      <Title order={1} ref={heading} tabIndex={-1} style={{ outline: "none" }} className="yx-untrusted">
        {title}
      </Title>
      <Text c="dimmed" mt={6} className="yx-untrusted" component="div">
        {text}
      </Text>
      {children ? (
        <Stack gap="xs" mt="lg">
          {children}
        </Stack>
      ) : null}
    </div>
  );
}
