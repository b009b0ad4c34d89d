"""Copies the one row of each table of keys many times: many_keys.py DATABASE COUNT PLAIN_KEY.

Which columns get new values is read from the schema: those in a unique index, those that hold a part of the plain key,
and those that repeat a value replaced in an earlier table (so that rows belong together as the first ones do).
Everything else stays, so that checks and foreign keys hold.
"""

import os
import re
import sqlite3
import sys

TABLES = ["api_keys", "api_key_secrets"]
BATCH = 10_000
# Of a text only the end is replaced: prefix, version digits of a UUID and the like stay.
TEXT_DIGITS = 15
PREFIX = re.compile("([a-z]+[_-])?")
HEX = re.compile("[0-9a-f-]*")
HEX_DIGITS = bytes(b"0123456789abcdef"[byte % 16] for byte in range(256))
ANY_DIGITS = bytes(b"0123456789abcdefghijklmnopqrstuv"[byte % 32] for byte in range(256))


def main(path, count, plain_key):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -500000")
    copies = plan(database, plain_key)
    makers = {old: maker(old) for _, _, _, replaced in copies for old in replaced.values()}
    for start in range(0, count, BATCH):
        database.execute("BEGIN")
        batch = [new_row_values(copies, makers) for _ in range(min(BATCH, count - start))]
        for table, columns, template, _ in copies:
            insert = f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"
            rows = ([new.get((table, column), value) for column, value in zip(columns, template)] for new in batch)
            database.executemany(insert, rows)
        database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for table, *_ in copies:
        print(table, database.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])


def plan(database, plain_key):
    """Per table: its name, columns, the row to copy, and for each replaced column the value shared with other tables."""
    copies, shared_values = [], set()
    for table in TABLES:
        info = database.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        if not info:
            continue
        columns = [column[1] for column in info]
        template = database.execute(f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table)}").fetchone()
        unique, foreign = unique_columns(database, table, info), foreign_columns(database, table)
        replaced = {}
        for column, value in zip(columns, template):
            key_part = isinstance(value, str) and len(value) >= 4 and value in plain_key
            own = column in unique and column not in foreign
            if value in shared_values or own or key_part:
                replaced[column] = value
        shared_values.update(value for value in replaced.values() if isinstance(value, (str, bytes)))
        copies.append((table, columns, template, replaced))
    if not copies:
        sys.exit(f"no table of {TABLES}")
    return copies


def unique_columns(database, table, info):
    unique = {column[1] for column in info if column[5]}
    for index in database.execute(f"PRAGMA index_list({quoted(table)})").fetchall():
        if index[2]:
            unique.update(column[2] for column in database.execute(f"PRAGMA index_info({quoted(index[1])})"))
    return unique


def foreign_columns(database, table):
    keys = database.execute(f"PRAGMA foreign_key_list({quoted(table)})").fetchall()
    return {key[3] for key in keys if key[2] not in TABLES}


def new_row_values(copies, makers):
    """One new value for each that is replaced, wherever it stands."""
    new_by_old = {old: make() for old, make in makers.items()}
    return {(table, column): new_by_old[old] for table, _, _, replaced in copies for column, old in replaced.items()}


def maker(value):
    """A function that returns another value of the same form each time."""
    if isinstance(value, bytes):
        return lambda: os.urandom(len(value))
    if isinstance(value, str):
        start = PREFIX.match(value).end()
        places = [start + match.start() for match in re.finditer("[0-9A-Za-z]", value[start:])][-TEXT_DIGITS:]
        digits = HEX_DIGITS if HEX.fullmatch(value[start:]) else ANY_DIGITS
        pattern = list(value)
        for place in places:
            pattern[place] = "\0"
        template = "".join(pattern).replace("%", "%%").replace("\0", "%c")
        return lambda: template % tuple(os.urandom(len(places)).translate(digits))
    # An integer in a unique column is a row number; the database gives out the next.
    return lambda: None


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
