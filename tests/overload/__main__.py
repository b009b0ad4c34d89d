"""python3 tests/overload --yunxin PATH [--only chaos|priority|variants] [--full] [--out FOLDER]"""

import argparse
import asyncio
from pathlib import Path

import chaos
import priority
import variants
from report import Report


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yunxin", required=True, metavar="PATH", type=lambda path: Path(path).resolve())
    parser.add_argument("--only", choices=("chaos", "priority", "variants"))
    parser.add_argument("--full", action="store_true", help="as large as the figures that are kept, for an optimised binary")
    parser.add_argument("--out", metavar="FOLDER", help="where tables and plots are written")
    return parser.parse_args()


async def of_chaos(arguments):
    # How long an unoptimised binary takes on a busy machine says nothing.
    requests, per_second, factor = (20_000, 100, 1.2) if arguments.full else (1_600, 60, None)
    report = Report("chaos-upstream", "Three deployments that fail, each in its way", arguments.out)
    report.section(f"chaos: {requests} requests, {per_second} per second")
    await chaos.main(report, arguments.yunxin, requests, per_second, factor)
    return report


async def of_priority(arguments):
    # Long enough that each of the equal accounts is served ten times and more at ten times the capacity: seats that one
    # of them got before there was a queue are made up for by then.
    at_once, seconds, duration, latency_ms_max = (64, 0.3, 15, 10) if arguments.full else (8, 0.4, 20, None)
    report = Report("bench-priority", "Far more than a provider takes", arguments.out)
    report.section(f"priority: a provider that takes {at_once} at a time for {seconds} s")
    await priority.main(report, arguments.yunxin, at_once, seconds, duration, latency_ms_max)
    return report


async def of_variants(arguments):
    at_once, seconds, duration, cut, connections = (64, 0.3, 15, 60, 9_000) if arguments.full else (8, 0.4, 5, 8, 300)
    report = Report("bench-priority-variants", "Overload in other shapes", arguments.out)
    given = (report, arguments.yunxin, at_once, seconds)
    await variants.giant_prompts(*given, duration)
    await variants.slower_provider(*given, duration)
    await variants.cut_provider(*given, cut)
    await variants.crowd(*given, connections)
    return report


async def main():
    arguments = parse()
    # The variants are for whoever asks: they take longer than a suite may.
    programs = {"chaos": of_chaos, "priority": of_priority, "variants": of_variants}
    chosen = [arguments.only] if arguments.only else ["chaos", "priority"]
    wrong = []
    for name in chosen:
        report = await programs[name](arguments)
        report.write()
        wrong += report.wrong
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
