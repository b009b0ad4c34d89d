import { useAccount } from "@/api/session";
import { ErrorsView } from "./errors-view";

export function ErrorsPage() {
  const account = useAccount();
  return <ErrorsView audience={{ accountId: account.id }} />;
}
