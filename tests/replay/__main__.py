"""python3 tests/replay --corpus DIR --yunxin BIN [--report FILE] [--only SUBSTRING] [--turned]"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

import exchange
import judge
import replayer
import selftest
from gateway import NotReady

SECONDS = 300


def arguments():
    parser = argparse.ArgumentParser(prog="tests/replay", description="Replay recorded traffic of providers through a running gateway.")
    parser.add_argument("--corpus", required=True, type=Path, metavar="DIR", help="a folder of recorded exchanges")
    parser.add_argument("--yunxin", required=True, type=Path, metavar="BIN", help="the yunxin binary")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the verdict of every exchange as JSON")
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="only exchanges whose name has this")
    parser.add_argument("--turned", action="store_true", help="ask for every success in the other form: whole or streamed")
    return parser.parse_args()


def report(verdicts, left_out):
    """Everything that was found, for programs."""
    return {
        "exchanges": [
            {
                "name": verdict.exchange.name,
                "provider": verdict.exchange.provider,
                "protocol": verdict.exchange.protocol,
                "passed": verdict.is_passed,
                "expected_refusal": judge.why_refused(verdict.exchange),
                "runs": verdict.runs,
            }
            for verdict in verdicts
        ],
        "left_out": [{"name": name, "why": why} for name, why in left_out],
    }


def show(verdicts, left_out):
    for name, why in left_out:
        print(f"left out {name}: {why}")
    for verdict in verdicts:
        if why := judge.why_refused(verdict.exchange):
            print(f"expected refusal {verdict.exchange.name}: {why}")
    print(f"planted faults: {sum(verdict.planted for verdict in verdicts)} in responses that passed")
    failed = [verdict for verdict in verdicts if not verdict.is_passed]
    for verdict in failed:
        print(f"FAIL {verdict.exchange.name}: {'; '.join(verdict.differences) or 'it was not run'}")
    print(f"{len(verdicts) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def main():
    given = arguments()
    selftest.check()
    exchanges, left_out = exchange.corpus(given.corpus, given.only)
    if given.turned:
        successes = [one for one in exchanges if judge.why_refused(one) is None]
        exchanges = [other for one in successes if (other := exchange.turned(one))]
    if not exchanges:
        raise SystemExit(f"{given.corpus} has no exchange to replay")
    try:
        verdicts = asyncio.run(asyncio.wait_for(replayer.replay(exchanges, given.yunxin.resolve()), SECONDS))
    except NotReady as why:
        raise SystemExit(str(why)) from None
    except TimeoutError:
        raise SystemExit(f"the replay took longer than {SECONDS} s") from None
    if given.report:
        given.report.write_text(json.dumps(report(verdicts, left_out), indent=2, ensure_ascii=False) + "\n")
    return show(verdicts, left_out)


if __name__ == "__main__":
    sys.exit(main())
