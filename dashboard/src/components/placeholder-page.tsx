import { PageHeader } from "./page-header";

/** Holds the place of a page that is being built. */
export function PlaceholderPage({ title }: { title: string }) {
  return <PageHeader title={title} />;
}
