import { Alert, Button, Group, Popover, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CalendarRange, ChevronDown } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { useTimeZone } from "@/hooks/use-time-zone";
import { CALENDAR_PRESETS, RANGE_PRESETS, type RangePreset } from "@/lib/range";
import { chooseTimeZone, ownTimeZone } from "@/lib/time-zone";

/** Presets and a range of one's own; kept in the address. */
export function RangePicker({ fallback = "24h" }: { fallback?: RangePreset | "all" }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [search, setSearch] = useSearchState();
  const range = useRange(fallback === "all" ? undefined : fallback);
  const isAll = fallback === "all" && search.range === undefined && search.from === undefined;
  const [isOpen, popover] = useDisclosure(false);
  const label = isAll
    ? t("range.all")
    : range.preset
      ? t(`range.${range.preset}`)
      : `${format.date(range.from)} – ${format.date(range.to)}`;
  return (
    <Popover
      opened={isOpen}
      onChange={popover.close}
      position="bottom-end"
      shadow="md"
      trapFocus
      withinPortal
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<CalendarRange size={15} />}
          rightSection={<ChevronDown size={14} />}
          onClick={popover.toggle}
          aria-label={t("range.label", { range: label })}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" w={250}>
          <Stack gap={2}>
            {fallback === "all" ? (
              <Button
                variant={isAll ? "light" : "subtle"}
                color={isAll ? undefined : "gray"}
                justify="flex-start"
                size="compact-md"
                aria-pressed={isAll}
                onClick={() => {
                  void setSearch({ range: undefined, from: undefined, to: undefined });
                  popover.close();
                }}
              >
                {t("range.all")}
              </Button>
            ) : null}
            {[...CALENDAR_PRESETS, ...RANGE_PRESETS].map((preset) => (
              <Button
                key={preset}
                variant={!isAll && range.preset === preset ? "light" : "subtle"}
                color={!isAll && range.preset === preset ? undefined : "gray"}
                justify="flex-start"
                size="compact-md"
                aria-pressed={!isAll && range.preset === preset}
                onClick={() => {
                  void setSearch({
                    range: preset === fallback ? undefined : preset,
                    from: undefined,
                    to: undefined,
                  });
                  popover.close();
                }}
              >
                {t(`range.${preset}`)}
              </Button>
            ))}
          </Stack>
          <ZoneChoice />
          <CustomRange
            from={range.from}
            to={range.to}
            onApply={(from, to) => {
              void setSearch({ range: undefined, from, to });
              popover.close();
            }}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

const QUICK: RangePreset[] = ["today", "yesterday"];

/** The ranges that are asked for most, a click away. */
export function QuickRanges() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchState();
  return (
    <Button.Group visibleFrom="sm">
      {QUICK.map((preset) => (
        <Button
          key={preset}
          variant={search.range === preset ? "light" : "default"}
          aria-pressed={search.range === preset}
          onClick={() => void setSearch({ range: preset, from: undefined, to: undefined })}
        >
          {t(`range.${preset}`)}
        </Button>
      ))}
    </Button.Group>
  );
}

/** In whose days and months: the reader's own, UTC, or any other. */
function ZoneChoice() {
  const { t } = useTranslation();
  const zone = useTimeZone();
  const own = ownTimeZone();
  const zones = [...new Set([own, "UTC", zone, ...Intl.supportedValuesOf("timeZone")])];
  return (
    <Select
      size="xs"
      label={t("range.zone")}
      data={zones}
      value={zone}
      onChange={(value) => chooseTimeZone(value ?? own)}
      searchable
      allowDeselect={false}
      maxDropdownHeight={180}
      limit={100}
      comboboxProps={{ withinPortal: false }}
    />
  );
}

function CustomRange({
  from,
  to,
  onApply,
}: {
  from: string;
  to: string;
  onApply: (from: string, to: string) => void;
}) {
  const { t } = useTranslation();
  const [begin, setBegin] = useState(localInput(from));
  const [end, setEnd] = useState(localInput(to));
  const [isWrong, setIsWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const first = new Date(begin);
    const last = new Date(end);
    if (!(first.getTime() < last.getTime())) {
      setIsWrong(true);
      return;
    }
    onApply(first.toISOString(), last.toISOString());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <TextInput
          type="datetime-local"
          size="xs"
          label={t("range.from")}
          value={begin}
          onChange={(event) => setBegin(event.currentTarget.value)}
          required
        />
        <TextInput
          type="datetime-local"
          size="xs"
          label={t("range.to")}
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          required
        />
        {isWrong ? (
          <Alert color="red" p="xs" role="alert">
            {t("range.wrong")}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button type="submit" size="xs">
            {t("range.apply")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A moment as `<input type="datetime-local">` wants it: local time without a zone. */
function localInput(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
