"""python3 tests/replay --corpus DIR --yunxin BIN [--report FILE] [--only SUBSTRING] [--turned | --client LANGUAGE]"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

import exchange
import judge
import replayer
import selftest
from across import cells as across_cells
from across import exceptions, recordings
from across import report as across_report
from across import selftest as across_selftest
from across.conversation import LANGUAGES
from gateway import NotReady

SECONDS = 300
# Four languages, whole and streamed.
SECONDS_ACROSS = 600


def arguments():
    parser = argparse.ArgumentParser(prog="tests/replay", description="Replay recorded traffic of providers through a running gateway.")
    parser.add_argument("--corpus", required=True, type=Path, action="append", metavar="DIR", help="a folder of recorded exchanges; several may be named")
    parser.add_argument("--yunxin", required=True, type=Path, metavar="BIN", help="the yunxin binary")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the verdict of every exchange as JSON")
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="only exchanges whose name has this")
    parser.add_argument("--turned", action="store_true", help="ask for every success in the other form: whole or streamed")
    parser.add_argument("--client", choices=[*LANGUAGES, "all"], help="ask for every recorded conversation in this language of clients, streamed and whole")
    parser.add_argument("--quick", action="store_true", help="with --client: each recording in each language whole or streamed, and not both")
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


def run(work, seconds):
    """What comes of the work, within its time."""
    try:
        return asyncio.run(asyncio.wait_for(work, seconds))
    except NotReady as why:
        raise SystemExit(str(why)) from None
    except TimeoutError:
        raise SystemExit(f"the replay took longer than {seconds} s") from None


def everything(corpus, given):
    """What is asked for and what is left out, of all folders."""
    parts = [corpus(folder, given.only) for folder in given.corpus]
    return [one for found, _ in parts for one in found], [one for _, left_out in parts for one in left_out]


def write(path, found):
    if path:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def across(given):
    """Every conversation in the languages of clients."""
    across_selftest.check()
    clients = LANGUAGES if given.client == "all" else (given.client,)
    found, left_out = everything(recordings.corpus, given)
    if not found:
        raise SystemExit("there is no conversation to ask for")
    cells = run(across_cells.ask(found, given.yunxin.resolve(), clients, given.quick), SECONDS_ACROSS)
    exceptions.apply(cells, exceptions.load())
    write(given.report, across_report.of(cells, left_out))
    return across_report.show(cells, left_out, clients, is_all=not given.only)


def main():
    given = arguments()
    if given.client:
        return across(given)
    selftest.check()
    exchanges, left_out = everything(exchange.corpus, given)
    if given.turned:
        successes = [one for one in exchanges if judge.why_refused(one) is None]
        exchanges = [other for one in successes if (other := exchange.turned(one))]
    if not exchanges:
        raise SystemExit("there is no exchange to replay")
    verdicts = run(replayer.replay(exchanges, given.yunxin.resolve()), SECONDS)
    write(given.report, report(verdicts, left_out))
    return show(verdicts, left_out)


if __name__ == "__main__":
    sys.exit(main())
