import { Radio, Skeleton, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProviderKindResponse } from "@/api/types";
import textClasses from "@/components/text.module.css";
import { useNames } from "@/hooks/use-names";
import styles from "./providers.module.css";

/** More kinds than these are looked through by typing. */
const SEARCHED_FROM = 16;

interface KindPickerProps {
  kinds: ProviderKindResponse[] | undefined;
  value: string;
  onChange: (kind: string) => void;
}

export function KindPicker({ kinds, value, onChange }: KindPickerProps) {
  const kindName = useNames("providerKind");
  const { t } = useTranslation("providers");
  const [text, setText] = useState("");
  // What is chosen at first is in view at once.
  const [first] = useState(value);
  if (!kinds) return <Skeleton height={150} radius="md" />;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = kinds
    .filter((one) => {
      const name = `${kindName(one.kind, one.label)} ${one.label} ${one.kind}`.toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort((left, right) => shelf(left, first) - shelf(right, first));
  return (
    <div>
      {kinds.length >= SEARCHED_FROM ? (
        <TextInput
          type="search"
          aria-label={t("kindSearch")}
          placeholder={t("kindSearch")}
          leftSection={<Search size={15} aria-hidden />}
          maxLength={60}
          mb={8}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : null}
      <Radio.Group label={t("kind")} value={value} onChange={onChange}>
        <div className={styles.kinds}>
          {shown.map((one) => (
            <Radio.Card key={one.kind} value={one.kind} className={styles.kind} radius="md">
              <span className={styles.kindName}>{kindName(one.kind, one.label)}</span>
              <span className={textClasses.sub}>{one.address ? hostOf(one.address) : t("ownAddress")}</span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </div>
  );
}

/** As people look for them: who makes models, whose cloud they run in, and last a server of one's own. */
const SHELVES = ["lab", "cloud", "host", "router", "own_server", "any"];

function shelf({ kind, group }: ProviderKindResponse, first: string): number {
  if (kind === first) return -1;
  const place = SHELVES.indexOf(group);
  return place === -1 ? SHELVES.length : place;
}

/** Of an address that may have variables, such as `{region}`. */
function hostOf(address: string): string {
  return /^https?:\/\/([^/]+)/.exec(address)?.[1] ?? address;
}
