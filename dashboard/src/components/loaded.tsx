import { Card, Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorState } from "./error-state";

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  /** How many cards stand in while the data is on its way. */
  placeholders?: number;
  height?: number;
  children: (data: T) => ReactNode;
}

/** What is not a table: skeleton cards while it loads, the error when it failed, else the content. */
export function Loaded<T>({ query, placeholders = 3, height = 112, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <Card padding={0}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Card>
    );
  }
  return (
    <Stack gap="md" aria-busy>
      {Array.from({ length: placeholders }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={index} height={height} radius="lg" />
      ))}
    </Stack>
  );
}
