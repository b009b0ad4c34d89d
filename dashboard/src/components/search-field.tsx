import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchState } from "@/hooks/use-search-state";
import type { SearchName } from "@/lib/search";

/** A filter that is typed (an id), kept in the address. */
export function SearchField({ name, label }: { name: SearchName; label: string }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchState();
  const inAddress = search[name] ?? "";
  const [text, setText] = useState(inAddress);
  const apply = useDebouncedCallback(
    (value: string) => void setSearch({ [name]: value.trim() || undefined }, { replace: true }),
    300,
  );
  useEffect(() => setText(inAddress), [inAddress]);
  const change = (value: string) => {
    setText(value);
    apply(value);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      rightSection={
        text ? (
          <CloseButton size="sm" aria-label={`${t("clear")}: ${label}`} onClick={() => change("")} />
        ) : null
      }
      spellCheck={false}
      w={190}
    />
  );
}
