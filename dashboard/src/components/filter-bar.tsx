import { Button, CloseButton, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search as SearchIcon, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchState } from "@/hooks/use-search-state";
import type { SearchName } from "@/lib/search";

export interface Filter {
  /** The search parameter that holds the choice. */
  name: SearchName;
  label: string;
  options: { value: string; label: string }[];
  isSearchable?: boolean;
  width?: number;
}

interface FilterBarProps {
  filters: Filter[];
  /** A text field on the left, kept in this parameter. */
  query?: { name: SearchName; label: string };
  /** Further controls on the right. */
  children?: ReactNode;
}

/** Filters of a list, kept in the address. */
export function FilterBar({ filters, query, children }: FilterBarProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchState();
  const names = [...filters.map((filter) => filter.name), ...(query ? [query.name] : [])];
  const isFiltered = names.some((name) => search[name] !== undefined);
  return (
    <Group justify="space-between" gap="xs" mb="md" align="center">
      <Group gap="xs" style={{ flex: "1 1 auto" }}>
        {query ? <QueryInput {...query} /> : null}
        {filters.map((filter) => (
          <Select
            key={filter.name}
            aria-label={filter.label}
            placeholder={filter.label}
            data={withChosen(filter.options, search[filter.name])}
            value={search[filter.name] ?? null}
            onChange={(value) => void setSearch({ [filter.name]: value ?? undefined })}
            clearable
            searchable={filter.isSearchable}
            size="sm"
            w={filter.width ?? 160}
            comboboxProps={{ width: "max-content", position: "bottom-start" }}
          />
        ))}
        {isFiltered ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<X size={14} />}
            onClick={() => void setSearch(Object.fromEntries(names.map((name) => [name, undefined])))}
          >
            {t("clearFilters")}
          </Button>
        ) : null}
      </Group>
      {children ? <Group gap="xs">{children}</Group> : null}
    </Group>
  );
}

function QueryInput({ name, label }: { name: SearchName; label: string }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchState();
  const inAddress = search[name] ?? "";
  const [text, setText] = useState(inAddress);
  const apply = useDebouncedCallback(
    (value: string) => void setSearch({ [name]: value || undefined }, { replace: true }),
    250,
  );
  useEffect(() => setText(inAddress), [inAddress]);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<SearchIcon size={15} aria-hidden />}
      rightSection={
        text ? (
          <CloseButton
            size="sm"
            aria-label={t("clear")}
            onClick={() => {
              setText("");
              void setSearch({ [name]: undefined }, { replace: true });
            }}
          />
        ) : null
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
      w={240}
    />
  );
}

/** A choice that the list does not have (an old link) is shown as it is, not as nothing. */
function withChosen(options: Filter["options"], chosen: string | undefined): Filter["options"] {
  if (chosen === undefined || options.some((option) => option.value === chosen)) return options;
  return [{ value: chosen, label: chosen }, ...options];
}
