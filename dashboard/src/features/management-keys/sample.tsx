import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import { useAccount } from "@/api/session";
import type { ManagementKeyResponse } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { samplePath } from "./scopes";

/** How to call the API with the key; the secret itself stays out of the sample, which is copied into files. */
export function ManagementKeySample({ managementKey }: { managementKey: ManagementKeyResponse }) {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const url = window.location.origin + apiUrl(`/accounts/${account.id}${samplePath(managementKey.scopes)}`);
  const curl = `export YUNXIN_MANAGEMENT_KEY="yxm-…"\ncurl ${url} \\\n  -H "Authorization: Bearer $YUNXIN_MANAGEMENT_KEY"`;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t("managementKeys.usageTitle")}
      </Text>
      <Text size="sm" c="dimmed" mb={8}>
        {t("managementKeys.usageText")}
      </Text>
      <CodeBlock samples={[{ id: "curl", label: "curl", code: curl }]} />
    </div>
  );
}
