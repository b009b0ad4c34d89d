import { lazy, Suspense, useState } from "react";
import type { KeyDialogsProps } from "./key-dialog";

export type { KeyDialog } from "./key-dialog";

const AllKeyDialogs = lazy(() => import("../all-key-dialogs"));

/** Every dialog that changes a key; a page says which one is open. Their code comes with the first that is. */
export function KeyDialogs(props: KeyDialogsProps) {
  const [isWanted, setIsWanted] = useState(false);
  // Once there, they stay: a secret may be on the screen when the dialog that made it is closed.
  if (props.dialog !== null && !isWanted) setIsWanted(true);
  return isWanted ? (
    <Suspense>
      <AllKeyDialogs {...props} />
    </Suspense>
  ) : null;
}
