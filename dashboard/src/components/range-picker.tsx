import { Alert, Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CalendarRange, ChevronDown } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { RANGE_PRESETS, type RangePreset } from "@/lib/range";

/** Presets and a range of one's own; kept in the address. */
export function RangePicker({ fallback = "24h" }: { fallback?: RangePreset }) {
  const { t } = useTranslation();
  const format = useFormat();
  const range = useRange(fallback);
  const [, setSearch] = useSearchState();
  const [isOpen, popover] = useDisclosure(false);
  const label = range.preset
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
            {RANGE_PRESETS.map((preset) => (
              <Button
                key={preset}
                variant={range.preset === preset ? "light" : "subtle"}
                color={range.preset === preset ? undefined : "gray"}
                justify="flex-start"
                size="compact-md"
                aria-pressed={range.preset === preset}
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
