import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import type { ManagementKeyResponse } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { samplePath } from "./scopes";

/** How to call the API with the key; the secret itself stays out of the sample, which is copied into files. */
export function ManagementKeySample({
  accountId,
  managementKey,
}: {
  accountId: string;
  managementKey: ManagementKeyResponse;
}) {
  const { t } = useTranslation("management-keys");
  const path = samplePath(managementKey.scopes);
  const url = window.location.origin + apiUrl(path, { path: { account_id: accountId } });
  const curl = `export YUNXIN_MANAGEMENT_KEY="yxm-…"\ncurl ${url} \\\n  -H "Authorization: Bearer $YUNXIN_MANAGEMENT_KEY"`;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t("usageTitle")}
      </Text>
      <Text size="sm" c="dimmed" mb={8}>
        {t("usageText")}
      </Text>
      <CodeBlock samples={[{ id: "curl", label: "curl", code: curl }]} />
    </div>
  );
}
