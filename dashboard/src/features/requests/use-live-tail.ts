import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { RequestResponse, RequestsQuery } from "@/api/types";
import { requestsTailQuery, TAIL_ROWS_MAX } from "./queries";
import { emptyTail, merged, release, takeIn } from "./tail";

/** Scrolled further than this, the reader reads: nothing moves under their eyes. */
const READING_FROM_PX = 240;
/** What arrives is read out at most this often. */
const ANNOUNCE_EVERY_MS = 8000;

interface LiveTailProps {
  accountId: string;
  query: RequestsQuery;
  isLive: boolean;
  listed: RequestResponse[] | undefined;
  /** More came in one look than the look can hold. */
  onGap: () => void;
}

export function useLiveTail({ accountId, query, isLive, listed, onGap }: LiveTailProps) {
  const { from: _from, to: _to, ...filters } = query;
  const filterKey = JSON.stringify([accountId, filters]);
  const [tail, setTail] = useState(() => emptyTail(filterKey));
  const current = tail.filters === filterKey ? tail : emptyTail(filterKey);
  const [announced, setAnnounced] = useState(0);
  const pending = useRef({ count: 0, at: 0 });

  const newest = useQuery(
    requestsTailQuery(accountId, { ...filters, from: query.from }, isLive && listed !== undefined),
  );

  const state = useRef({ current, listed, onGap });
  state.current = { current, listed, onGap };
  const found = newest.data;
  useEffect(() => {
    const { current: before, listed: rows } = state.current;
    if (!isLive || !found || !rows) return;
    const taken = takeIn(before, rows, found, isReading());
    if (taken === null) return;
    if (taken.arrived === TAIL_ROWS_MAX && rows.length > 0) {
      state.current.onGap();
      setTail(emptyTail(before.filters));
      return;
    }
    setTail(taken.tail);
    pending.current.count += taken.arrived;
    const now = Date.now();
    if (now - pending.current.at >= ANNOUNCE_EVERY_MS) {
      setAnnounced(pending.current.count);
      pending.current = { count: 0, at: now };
    }
  }, [found, isLive]);

  useEffect(() => {
    if (!isLive) return;
    const onScroll = () => {
      if (!isReading()) setTail(release);
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, [isLive]);

  const rows = useMemo(() => (listed ? merged(current, listed) : undefined), [current, listed]);
  return {
    rows,
    queued: current.queued.length,
    /** Rows that the tail brought, to be marked as new. */
    fresh: useMemo(() => new Set(current.shown.map((row) => row.id)), [current.shown]),
    /** How many arrived since the last announcement. */
    announced,
    error: newest.error,
    showQueued: () => {
      window.scrollTo({ top: 0 });
      setTail(release);
    },
  };
}

function isReading(): boolean {
  return window.scrollY > READING_FROM_PX;
}
