import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Role } from "@/api/types";
import { NoPermission } from "./no-permission";
import { PageHeader } from "./page-header";
import { SecretDialog } from "./secret-dialog";

export interface CreateDialogProps<Created> {
  isOpen: boolean;
  onClose: () => void;
  onDone: (created: Created) => void;
}

interface SecretListPageProps<Created> {
  title: string;
  description: string;
  /** `null` for those who may look but not create. */
  createLabel: string | null;
  /** The role that the reader lacks to see anything. */
  needed?: Role;
  /** The list; the button stands in it too while it is empty. */
  list: (create: ReactNode) => ReactNode;
  dialog: (props: CreateDialogProps<Created>) => ReactNode;
  secretTitle: string;
  /** What to do with the secret, below it. */
  secretText: (created: Created) => ReactNode;
}

/** A list of things that are made with a secret, which is shown once: management keys, webhooks. */
export function SecretListPage<Created extends { secret?: string | null }>(
  props: SecretListPageProps<Created>,
) {
  const [isCreating, setIsCreating] = useState(false);
  const [created, setCreated] = useState<Created | null>(null);
  const create =
    props.createLabel === null ? null : (
      <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsCreating(true)}>
        {props.createLabel}
      </Button>
    );
  return (
    <>
      <PageHeader title={props.title} description={props.description} actions={create} />
      {props.needed ? <NoPermission needed={props.needed} /> : props.list(create)}
      {props.dialog({
        isOpen: isCreating,
        onClose: () => setIsCreating(false),
        onDone: (done) => {
          setIsCreating(false);
          setCreated(done);
        },
      })}
      <SecretDialog
        secret={created?.secret ?? null}
        title={props.secretTitle}
        onClose={() => setCreated(null)}
      >
        {created ? props.secretText(created) : null}
      </SecretDialog>
    </>
  );
}
