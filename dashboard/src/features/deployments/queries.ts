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
  useOperatorWrite(({ id, weight }: DeploymentChange & { id: string }) =>
    api.patch("/admin/deployments/{id}", { path: { id }, body: { weight } }),
  );

export const useDeleteDeployment = () =>
  useOperatorWrite((id: string) => api.delete("/admin/deployments/{id}", { path: { id } }));
