import { Button, Checkbox, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "@/api/operations";
import classes from "./data-table.module.css";
import { ErrorState } from "./error-state";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Sorts the rows that are loaded, in the browser; where more follow, the table says so. What is `null` comes last. */
  sortBy?: (row: Row) => string | number | null;
  align?: "start" | "end";
  width?: string | number;
  /** The column that names the row: heads the card on narrow screens. */
  isTitle?: boolean;
  /** Left out of the card on narrow screens. */
  hideOnCard?: boolean;
  /** The header is read out but not shown (actions). */
  isHeaderHidden?: boolean;
}

/** The part of a query result that a table needs; both kinds of TanStack queries fit through the helpers below. */
export interface TableSource<Row> {
  rows: Row[] | undefined;
  error: unknown;
  isStale?: boolean;
  refetch: () => void;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  loadMore?: () => void;
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  label: string;
  columns: Column<Row>[];
  source: TableSource<Row>;
  rowKey: (row: Row) => string;
  /** Shown when the list has no rows: say what would be here and how it gets here. */
  empty: ReactNode;
  /** A pointer shortcut; the same must be reachable by a link or button inside the row. */
  onRowClick?: (row: Row) => void;
  isRowDimmed?: (row: Row) => boolean;
  initialSort?: { column: string; direction: "asc" | "desc" };
  /** Rows are ticked, for what is done to several at once. */
  selection?: Selection<Row>;
}

export interface Selection<Row> {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
  isSelectable: (row: Row) => boolean;
  /** The row's name, for the label of its box. */
  nameOf: (row: Row) => string;
}

const SKELETON_ROWS = 6;
/** Columns beside the title that a row has room for on narrow screens, in its second line. */
const CARD_COLUMNS_MAX = 3;

/** A list with every state it can be in. On narrow screens a row is two lines: its name, and the first facts of it. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { source, rowKey, empty, label, onRowClick, isRowDimmed, initialSort, selection } = props;
  const columns = useMemo(() => withRoomOnCards(props.columns), [props.columns]);
  const { t } = useTranslation();
  const [sort, setSort] = useState(initialSort ?? null);
  const rows = useSorted(source.rows, columns, sort);

  if (source.error && !rows) {
    return (
      <div className={classes.frame}>
        <ErrorState error={source.error} onRetry={source.refetch} />
      </div>
    );
  }
  if (rows?.length === 0) return <div className={classes.frame}>{empty}</div>;

  return (
    <div className={classes.frame} data-stale={source.isStale || undefined}>
      <div className={classes.scroll}>
        {/* The roles are written out because the card layout's `display: block` would take them away. */}
        {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
        <table className={classes.table} role="table" aria-label={label} aria-busy={rows === undefined}>
          <thead role="rowgroup" className={classes.head}>
            <tr role="row">
              {selection ? (
                <th role="columnheader" scope="col" className={classes.tick}>
                  <SelectAll rows={rows ?? []} rowKey={rowKey} selection={selection} />
                </th>
              ) : null}
              {columns.map((column) => (
                <th
                  key={column.id}
                  role="columnheader"
                  scope="col"
                  style={{ width: column.width }}
                  data-align={column.align}
                  data-bare={column.isHeaderHidden || undefined}
                  aria-sort={
                    sort?.column === column.id
                      ? sort.direction === "asc"
                        ? "ascending"
                        : "descending"
                      : undefined
                  }
                >
                  {column.sortBy ? (
                    <UnstyledButton
                      className={classes.sort}
                      onClick={() =>
                        setSort((now) => ({
                          column: column.id,
                          direction: now?.column === column.id && now.direction === "desc" ? "asc" : "desc",
                        }))
                      }
                    >
                      {column.header}
                      <SortIcon direction={sort?.column === column.id ? sort.direction : null} />
                    </UnstyledButton>
                  ) : (
                    <span className={column.isHeaderHidden ? "yx-visually-hidden" : undefined}>
                      {column.header}
                    </span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows
              ? rows.map((row) => (
                  <tr
                    key={rowKey(row)}
                    role="row"
                    className={classes.row}
                    data-clickable={onRowClick ? true : undefined}
                    data-dimmed={isRowDimmed?.(row) || undefined}
                    onClick={
                      onRowClick
                        ? (event) => {
                            if (!isInteractive(event.target as Element)) onRowClick(row);
                          }
                        : undefined
                    }
                  >
                    {selection ? (
                      <td role="cell" className={classes.tick}>
                        <SelectRow row={row} rowKey={rowKey} selection={selection} />
                      </td>
                    ) : null}
                    {columns.map((column) => (
                      <td
                        key={column.id}
                        role="cell"
                        data-align={column.align}
                        data-title={column.isTitle || undefined}
                        data-card-hidden={column.hideOnCard || undefined}
                        data-bare={column.isHeaderHidden || undefined}
                      >
                        {column.isTitle || column.isHeaderHidden ? null : (
                          <span className={classes.cardLabel} aria-hidden>
                            {column.header}
                          </span>
                        )}
                        <div className={classes.value}>{column.cell(row)}</div>
                      </td>
                    ))}
                  </tr>
                ))
              : Array.from({ length: SKELETON_ROWS }, (_, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
                  <tr key={index} role="row" className={classes.row}>
                    {selection ? <td role="cell" className={classes.tick} /> : null}
                    {columns.map((column) => (
                      <td
                        key={column.id}
                        role="cell"
                        data-align={column.align}
                        data-card-hidden={column.hideOnCard || undefined}
                      >
                        <Skeleton height={11} width={column.isTitle ? "70%" : "50%"} my={5} />
                      </td>
                    ))}
                  </tr>
                ))}
          </tbody>
        </table>
        {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      </div>
      {rows ? (
        <div className={classes.foot}>
          <Text span size="xs" c="dimmed" role="status">
            {t(source.hasMore ? "table.loaded" : "table.all", { count: rows.length })}
            {source.hasMore && sort ? ` ${t("table.sortedLoaded")}` : null}
          </Text>
          {source.hasMore ? (
            <Button variant="default" size="xs" onClick={source.loadMore} loading={source.isLoadingMore}>
              {t("loadMore")}
            </Button>
          ) : null}
        </div>
      ) : null}
      {source.error && rows ? (
        <Text size="sm" c="red" p="sm" role="alert">
          {t("errors.stale")}
        </Text>
      ) : null}
    </div>
  );
}

/** Leaves out of cards what they have no room for. */
function withRoomOnCards<Row>(columns: Column<Row>[]): Column<Row>[] {
  let count = 0;
  return columns.map((column) => {
    if (column.isTitle || column.isHeaderHidden || column.hideOnCard) return column;
    count += 1;
    return count > CARD_COLUMNS_MAX ? { ...column, hideOnCard: true } : column;
  });
}

interface SelectProps<Row> {
  rowKey: (row: Row) => string;
  selection: Selection<Row>;
}

function SelectRow<Row>({ row, rowKey, selection }: SelectProps<Row> & { row: Row }) {
  const { t } = useTranslation();
  const key = rowKey(row);
  if (!selection.isSelectable(row)) return null;
  return (
    <Checkbox
      size="xs"
      aria-label={t("table.select", { name: selection.nameOf(row) })}
      checked={selection.keys.has(key)}
      onChange={(event) => {
        const keys = new Set(selection.keys);
        if (event.currentTarget.checked) keys.add(key);
        else keys.delete(key);
        selection.onChange(keys);
      }}
    />
  );
}

function SelectAll<Row>({ rows, rowKey, selection }: SelectProps<Row> & { rows: Row[] }) {
  const { t } = useTranslation();
  const keys = rows.filter(selection.isSelectable).map(rowKey);
  const chosen = keys.filter((key) => selection.keys.has(key)).length;
  return (
    <Checkbox
      size="xs"
      aria-label={t("table.selectAll")}
      disabled={keys.length === 0}
      checked={chosen > 0 && chosen === keys.length}
      indeterminate={chosen > 0 && chosen < keys.length}
      onChange={(event) => selection.onChange(new Set(event.currentTarget.checked ? keys : []))}
    />
  );
}

function SortIcon({ direction }: { direction: "asc" | "desc" | null }) {
  if (direction === "asc") return <ArrowUp size={13} aria-hidden />;
  if (direction === "desc") return <ArrowDown size={13} aria-hidden />;
  return <ChevronsUpDown size={13} aria-hidden opacity={0.5} />;
}

function useSorted<Row>(
  rows: Row[] | undefined,
  columns: Column<Row>[],
  sort: { column: string; direction: "asc" | "desc" } | null,
): Row[] | undefined {
  return useMemo(() => {
    const sortBy = columns.find((column) => column.id === sort?.column)?.sortBy;
    if (!rows || !sort || !sortBy) return rows;
    const sign = sort.direction === "asc" ? 1 : -1;
    return [...rows].sort((left, right) => {
      const a = sortBy(left);
      const b = sortBy(right);
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return sign * (typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b));
    });
  }, [rows, columns, sort]);
}

function isInteractive(element: Element): boolean {
  return element.closest("a, button, input, label, [role='menuitem']") !== null;
}

/** A table's source from `useInfiniteQuery(pagedQueryOptions(...))`. */
export function pagedSource<Row>(query: {
  data: { pages: Page<Row>[] } | undefined;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isPlaceholderData: boolean;
  fetchNextPage: () => unknown;
}): TableSource<Row> {
  return {
    rows: query.data?.pages.flatMap((page) => page.data),
    error: query.error,
    isStale: query.isPlaceholderData,
    refetch: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
  };
}

/** A table's source from a plain `useQuery` whose data is all the rows. */
export function plainSource<Row>(query: {
  data: Row[] | undefined;
  error: unknown;
  refetch: () => unknown;
  isPlaceholderData?: boolean;
}): TableSource<Row> {
  return {
    rows: query.data,
    error: query.error,
    isStale: query.isPlaceholderData,
    refetch: () => void query.refetch(),
  };
}
