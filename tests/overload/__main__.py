"""python3 tests/overload --yunxin PATH [--only chaos|priority] [--full]"""

import argparse
import asyncio
from pathlib import Path

import chaos
import priority


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yunxin", required=True, metavar="PATH", type=lambda path: Path(path).resolve())
    parser.add_argument("--only", choices=("chaos", "priority"))
    parser.add_argument("--full", action="store_true", help="as large as the figures that are kept, for an optimised binary")
    return parser.parse_args()


async def main():
    arguments = parse()
    wrong = []
    if arguments.only in (None, "chaos"):
        # How long an unoptimised binary takes on a busy machine says nothing.
        requests, per_second, factor = (20_000, 100, 1.2) if arguments.full else (1_600, 60, None)
        print(f"chaos: {requests} requests, {per_second} per second")
        wrong += await chaos.main(arguments.yunxin, requests, per_second, factor)
    if arguments.only in (None, "priority"):
        at_once, seconds, duration, latency_ms_max = (64, 0.3, 15, 10) if arguments.full else (8, 0.4, 8, None)
        print(f"priority: a provider that takes {at_once} at a time for {seconds} s")
        wrong += await priority.main(arguments.yunxin, at_once, seconds, duration, latency_ms_max)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
