import { ActionIcon, Menu, NumberInput, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Ellipsis, Lock, Scale, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { FormBody, FormDialog } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { shareOf } from "./groups";
import { useDeleteDeployment, useEditDeployment } from "./queries";

interface DeploymentMenuProps {
  deployment: AdminDeploymentResponse;
  /** The weights of all deployments of its model. */
  weights: number;
}

export function DeploymentMenu({ deployment, weights }: DeploymentMenuProps) {
  const { t } = useTranslation(["deployments", "common"]);
  const notify = useNotify();
  const remove = useDeleteDeployment();
  const [isWeighing, weigh] = useDisclosure(false);
  const [isRemoving, removal] = useDisclosure(false);
  const name = t("name", { model: deployment.model, provider: deployment.provider });
  const isOnly = weights === deployment.weight;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={t("common:actionsFor", { name })}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown maw={300}>
          {deployment.origin === "database" ? (
            <>
              <Menu.Item leftSection={<Scale size={15} />} onClick={weigh.open}>
                {t("changeWeight")}
              </Menu.Item>
              <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={removal.open}>
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
      <FormDialog isOpen={isWeighing} onClose={weigh.close} title={name} size="md">
        <WeightForm deployment={deployment} weights={weights} onClose={weigh.close} />
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

const WEIGHT_MAX = 1_000_000;

function WeightForm({ deployment, weights, onClose }: DeploymentMenuProps & { onClose: () => void }) {
  const { t } = useTranslation("deployments");
  const { t: common } = useTranslation();
  const format = useFormat();
  const notify = useNotify();
  const edit = useEditDeployment();
  const [weight, setWeight] = useState<number | string>(deployment.weight);
  const isSound = typeof weight === "number" && weight >= 0 && weight <= WEIGHT_MAX;
  const others = weights - deployment.weight;
  const share = isSound ? shareOf(weight, others + weight) : null;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSound) return;
    edit.mutate(
      { id: deployment.id, weight },
      {
        onSuccess: () => {
          notify.done(t("weightSaved"));
          onClose();
        },
      },
    );
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={edit.isPending}
      error={edit.error}
      isDisabled={!isSound || weight === deployment.weight}
    >
      <NumberInput
        label={t("weight")}
        description={t("weightHelp")}
        value={weight}
        onChange={setWeight}
        min={0}
        max={WEIGHT_MAX}
        allowDecimal={false}
        data-autofocus
      />
      <Text size="sm" c="dimmed" aria-live="polite">
        {share === null ? t("fallbackText") : t("shareThen", { share: format.percent(share, 0) })}
      </Text>
    </FormBody>
  );
}
