import { api } from "@/api/client";
import { operatorListOptions } from "@/api/pages";
import { refreshEvery } from "@/api/refresh";
import type { DeploymentChange, WriteDeploymentRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

const HEALTH_REFRESH_MS = 3_000;

export const deploymentsQuery = operatorListOptions("deployments", "/admin/deployments");

export const liveDeploymentsQuery = {
  ...deploymentsQuery,
  refetchInterval: refreshEvery(HEALTH_REFRESH_MS),
};

export const useCreateDeployment = () =>
  useOperatorWrite((body: WriteDeploymentRequest) => api.post("/admin/deployments", { body }));

export const useEditDeployment = () =>
  useOperatorWrite(({ id, change }: { id: string; change: DeploymentChange }) =>
    api.patch("/admin/deployments/{id}", { path: { id }, body: change }),
  );

/** Sends a small request by the deployment; what came of it is in the response, also when it failed. */
export const useTestDeployment = () =>
  useOperatorWrite((id: string) => api.post("/admin/deployments/{id}/test", { path: { id } }));

export const useDeleteDeployment = () =>
  useOperatorWrite((id: string) => api.delete("/admin/deployments/{id}", { path: { id } }));
