import type { ApiKeyResponse } from "@/api/types";

export type KeyDialog =
  | { kind: "create" }
  | { kind: "edit" | "regenerate" | "revoke" | "endGrace"; apiKey: ApiKeyResponse };

export interface KeyDialogsProps {
  accountId: string;
  dialog: KeyDialog | null;
  onClose: () => void;
}
