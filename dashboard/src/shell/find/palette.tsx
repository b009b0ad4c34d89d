import { Badge, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./find.module.css";
import type { Hit } from "./hits";
import { isWholeId, readQuery } from "./query";
import { useHits, useOpenTarget } from "./use-hits";

const DEBOUNCE_MS = 150;

interface FindPaletteProps {
  typed: string;
  onType: (text: string) => void;
  /** Return was pressed before what it is about was found: it leads on when that is there. */
  isReturned: boolean;
  onReturn: (isReturned: boolean) => void;
  onClose: () => void;
}

/** One field that leads to whatever has an id, an address or a name. */
export function FindPalette({ typed, onType, isReturned, onReturn, onClose }: FindPaletteProps) {
  const { t } = useTranslation("find");
  const [debounced] = useDebouncedValue(typed, DEBOUNCE_MS);
  // An id needs no search, so it leads on as soon as it is pasted.
  const now = useMemo(() => readQuery(typed), [typed]);
  const later = useMemo(() => readQuery(debounced), [debounced]);
  const query = isWholeId(now) ? now : later;
  const { hits, isSearching } = useHits(query);
  const openTarget = useOpenTarget();
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const active = Math.min(chosen, Math.max(0, hits.length - 1));
  const isStale = !isWholeId(now) && typed !== debounced;
  const isSettled = !(isStale || isSearching);

  const open = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onClose();
    openTarget(hit.target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && hits.length > 0) {
      event.preventDefault();
      setChosen((active + step + hits.length) % hits.length);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (isSettled) open(hits[active]);
      else onReturn(true);
    }
  };
  useEffect(() => {
    if (!(isReturned && isSettled)) return;
    onReturn(false);
    open(hits[active]);
  });
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      title={undefined}
      aria-label={t("label")}
      size="lg"
      padding={0}
      // The field stays where it is, however much is found below it.
      centered={false}
      yOffset="12dvh"
    >
      <TextInput
        data-autofocus
        data-find-field
        variant="unstyled"
        size="md"
        className={classes.field}
        leftSection={<Search size={17} aria-hidden />}
        aria-label={t("label")}
        placeholder={t("placeholder")}
        value={typed}
        maxLength={200}
        spellCheck={false}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits.length > 0 ? `${list}-${active}` : undefined}
        onChange={(event) => {
          onType(event.currentTarget.value);
          setChosen(0);
          onReturn(false);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={classes.hits} id={list} role="listbox" aria-label={t("results")}>
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
          <div
            key={`${hit.kind} ${hit.id}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={classes.hit}
            onClick={() => open(hit)}
          >
            <Badge variant="light" color="gray">
              {t(`kind.${hit.kind}`)}
            </Badge>
            <span className={`yx-untrusted ${classes.label}`}>{hit.label}</span>
            <Text span size="xs" c="dimmed" className={`yx-untrusted ${classes.detail}`}>
              {hit.detail}
            </Text>
          </div>
        ))}
      </div>
      {hits.length === 0 ? (
        <Text size="sm" c="dimmed" p="md" pt={0} role="status">
          {isSearching || isStale ? t("searching") : typed.trim().length < 2 ? t("help") : t("nothing")}
        </Text>
      ) : null}
    </Modal>
  );
}
