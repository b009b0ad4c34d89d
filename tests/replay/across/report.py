"""What a run prints, and what it writes for programs."""

from collections import Counter

from . import exceptions, sdks

STATES = ("passed", "excepted", "failed")


def state(cell):
    return "passed" if not cell.differences else "excepted" if cell.exception else "failed"


def table(cells, clients):
    """Language by client: passed, excepted and failed cells."""
    counted = Counter((cell.recording.protocol, cell.client, state(cell)) for cell in cells)
    rows = [["recorded in", *clients]]
    for protocol in sorted({cell.recording.protocol for cell in cells}):
        row = ["/".join(str(counted[protocol, client, one]) for one in STATES) for client in clients]
        rows.append([protocol, *row])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)


def show(cells, left_out, clients, is_all=True):
    """Prints all of it; the exit code. The share of exceptions is bounded where all of a corpus was asked for."""
    for name, why in left_out:
        print(f"left out {name}: {why}")
    failed = [cell for cell in cells if state(cell) == "failed"]
    excepted = Counter(cell.exception["kind"] for cell in cells if state(cell) == "excepted")
    for one in exceptions.load():
        if excepted[one["kind"]]:
            print(f"excepted {excepted[one['kind']]} cells, {one['kind']}: {one['reason']}")
    for cell in failed:
        print(f"FAIL {cell.name}: {'; '.join(cell.differences)}")
    if not sdks.are_here():
        print("the official SDKs are not installed: nothing was read by them, nor held against their schemas")
    print(f"cells passed/excepted/failed, each recording whole and streamed:\n{table(cells, clients)}")
    share = sum(excepted.values()) / len(cells)
    print(f"{len(cells) - len(failed) - sum(excepted.values())} passed, {sum(excepted.values())} excepted ({share:.1%}), {len(failed)} failed")
    is_too_much = is_all and share > exceptions.SHARE_MAX
    if is_too_much:
        print(f"more than {exceptions.SHARE_MAX:.0%} of the cells are excepted")
    return 1 if failed or is_too_much else 0


def of(cells, left_out):
    return {
        "cells": [
            {
                "name": cell.recording.name,
                "provider": cell.recording.provider,
                "protocol": cell.recording.protocol,
                "client": cell.client,
                "form": cell.form,
                "state": state(cell),
                "exception": cell.exception["kind"] if cell.exception else None,
                "asked_without": cell.recording.asked.left_out if not cell.is_same else [],
                "differences": cell.differences,
            }
            for cell in cells
        ],
        "left_out": [{"name": name, "why": why} for name, why in left_out],
    }
