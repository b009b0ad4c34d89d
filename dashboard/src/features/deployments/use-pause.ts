import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse } from "@/api/types";
import { useNotify } from "@/hooks/use-notify";
import { useEditDeployment } from "./queries";

/** Pauses and resumes a deployment. One that is paused gets nothing new; what it has, it ends. */
export function usePause(deployment: AdminDeploymentResponse) {
  const { t } = useTranslation("deployments");
  const notify = useNotify();
  const edit = useEditDeployment();
  const name = t("name", { model: deployment.model, provider: deployment.provider });
  const setPaused = (paused: boolean) =>
    edit.mutate(
      { id: deployment.id, change: { paused } },
      {
        onSuccess: () => notify.done(t(paused ? "isPaused" : "isResumed", { name })),
        onError: notify.failed,
      },
    );
  return { setPaused, isPending: edit.isPending };
}
