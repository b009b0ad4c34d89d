import { Button, CloseButton, Group, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure, useMediaQuery } from "@mantine/hooks";
import { ListFilter, Search as SearchIcon, X } from "lucide-react";
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

/** Filters of a list, kept in the address. On narrow screens they are behind one button. */
export function FilterBar({ filters, query, children }: FilterBarProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchState();
  const isNarrow = useMediaQuery(NARROW) ?? false;
  const [isOpen, { toggle }] = useDisclosure(false);
  const used = filters.filter((filter) => search[filter.name] !== undefined).length;
  const names = [...filters.map((filter) => filter.name), ...(query ? [query.name] : [])];
  const isFiltered = names.some((name) => search[name] !== undefined);
  const selects = filters.map((filter) => (
    <FilterSelect key={filter.name} filter={filter} isWide={isNarrow} />
  ));
  const clear = isFiltered ? (
    <Button
      variant="subtle"
      color="gray"
      leftSection={<X size={14} />}
      onClick={() => void setSearch(Object.fromEntries(names.map((name) => [name, undefined])))}
    >
      {t("clearFilters")}
    </Button>
  ) : null;
  if (isNarrow) {
    return (
      <Stack gap="xs" mb="md">
        <Group gap="xs" wrap="nowrap">
          {query ? <QueryInput {...query} isWide /> : null}
          {filters.length > 0 ? (
            <Button
              variant={used > 0 ? "light" : "default"}
              leftSection={<ListFilter size={15} />}
              onClick={toggle}
              aria-expanded={isOpen}
              aria-label={used > 0 ? t("filtersActive", { count: used }) : undefined}
              style={{ flex: "none" }}
            >
              {t("filters")}
              {used > 0 ? ` (${used})` : null}
            </Button>
          ) : null}
        </Group>
        {isOpen ? selects : null}
        {isOpen || used > 0 ? clear : null}
        {children ? <Group gap="xs">{children}</Group> : null}
      </Stack>
    );
  }
  return (
    <Group justify="space-between" gap="xs" mb="md" align="center">
      <Group gap="xs" style={{ flex: "1 1 auto" }}>
        {query ? <QueryInput {...query} /> : null}
        {selects}
        {clear}
      </Group>
      {children ? <Group gap="xs">{children}</Group> : null}
    </Group>
  );
}

/** Where lists become cards (data-table.module.css). */
const NARROW = "(max-width: 48em)";

function FilterSelect({ filter, isWide }: { filter: Filter; isWide: boolean }) {
  const [search, setSearch] = useSearchState();
  return (
    <Select
      aria-label={filter.label}
      placeholder={filter.label}
      data={withChosen(filter.options, search[filter.name])}
      value={search[filter.name] ?? null}
      onChange={(value) => void setSearch({ [filter.name]: value ?? undefined })}
      clearable
      searchable={filter.isSearchable}
      size="sm"
      w={isWide ? "100%" : (filter.width ?? 160)}
      comboboxProps={{ width: isWide ? "target" : "max-content", position: "bottom-start" }}
    />
  );
}

function QueryInput({ name, label, isWide = false }: { name: SearchName; label: string; isWide?: boolean }) {
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
      w={isWide ? "100%" : 240}
    />
  );
}

/** A choice that the list does not have (an old link) is shown as it is, not as nothing. */
function withChosen(options: Filter["options"], chosen: string | undefined): Filter["options"] {
  if (chosen === undefined || options.some((option) => option.value === chosen)) return options;
  return [{ value: chosen, label: chosen }, ...options];
}
