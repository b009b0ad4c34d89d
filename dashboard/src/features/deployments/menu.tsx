import { ActionIcon, Menu, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Ellipsis, Lock, Pause, Pencil, Play, Send, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { FormDialog } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { EditDialog } from "./edit-dialog";
import { useDeleteDeployment } from "./queries";
import { TestRequest } from "./shared/test-request";
import { usePause } from "./use-pause";

interface DeploymentMenuProps {
  deployment: AdminDeploymentResponse;
  /** The weights of all deployments of its model. */
  weights: number;
}

export function DeploymentMenu({ deployment, weights }: DeploymentMenuProps) {
  const { t } = useTranslation(["deployments", "common"]);
  const notify = useNotify();
  const remove = useDeleteDeployment();
  const [isEditing, editing] = useDisclosure(false);
  const [isTesting, testing] = useDisclosure(false);
  const [isRemoving, removal] = useDisclosure(false);
  const name = t("name", { model: deployment.model, provider: deployment.provider });
  const isOnly = !deployment.paused && weights === deployment.weight;
  const { setPaused } = usePause(deployment);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={t("common:actionsFor", { name })}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown maw={300}>
          <Menu.Item leftSection={<Send size={15} />} onClick={testing.open}>
            {t("test")}
          </Menu.Item>
          {deployment.origin === "database" ? (
            <>
              <Menu.Item leftSection={<Pencil size={15} />} onClick={editing.open}>
                {t("common:edit")}
              </Menu.Item>
              <Menu.Item
                leftSection={deployment.paused ? <Play size={15} /> : <Pause size={15} />}
                onClick={() => setPaused(!deployment.paused)}
              >
                {t(deployment.paused ? "resume" : "pause")}
              </Menu.Item>
              <Menu.Item color="var(--yx-bad)" leftSection={<Trash2 size={15} />} onClick={removal.open}>
                {t("remove")}
              </Menu.Item>
            </>
          ) : (
            <Menu.Label>
              <Lock size={12} aria-hidden /> {t("common:readOnly")}:{" "}
              {t(`common:origin.why.${deployment.origin}`)}
            </Menu.Label>
          )}
        </Menu.Dropdown>
      </Menu>
      <EditDialog deployment={deployment} weights={weights} isOpen={isEditing} onClose={editing.close} />
      <FormDialog isOpen={isTesting} onClose={testing.close} title={name} size="md" closesOutside>
        <Stack>
          <Text size="sm">{t("testText")}</Text>
          <TestRequest deployment={deployment} />
        </Stack>
      </FormDialog>
      <ConfirmDialog
        isOpen={isRemoving}
        onClose={removal.close}
        title={t("removeTitle", { name })}
        confirmLabel={t("remove")}
        isDangerous
        typed={isOnly ? deployment.model : undefined}
        onConfirm={async () => {
          await remove.mutateAsync(deployment.id);
          notify.done(t("removed", { name }));
        }}
      >
        <Text size="sm">{t(isOnly ? "removeOnly" : "removeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
