import { ErrorsView } from "./errors-view";

export function OperatorErrorsPage() {
  return <ErrorsView audience="operator" />;
}
