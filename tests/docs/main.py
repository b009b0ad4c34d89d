"""Runs every sample of the documentation as printed, and checks every link. Called by `tests/run.py docs`."""

import os
import sys
from collections import Counter
from pathlib import Path

import check
import deployment
import shown_only
from pages import generated_samples, read_all
from runner import run_all


def main():
    binary = Path(os.environ["YUNXIN_BINARY"])
    pages = read_all()
    problems = list(check.problems(pages))
    problems.extend(deployment.problems(pages, binary))
    links, broken = check.links(pages)
    # Names of pages, to run those alone.
    names = sys.argv[1:]
    every = [*(sample for page in pages for sample in page.samples), *generated_samples()]
    problems.extend(shown_only.disagreements(every))
    samples = [sample for sample in every if sample.page in names or not names]
    runnable = [sample for sample in samples if sample.runs]
    failures = [*problems, *broken, *run_all(binary, runnable)]
    for failure in failures:
        print(f"{failure}\n", file=sys.stderr)
    ran = Counter(sample.language for sample in runnable)
    shown = [sample for sample in samples if not sample.runs]
    print(
        f"{len(runnable)} samples on {len({sample.page for sample in runnable})} pages ran"
        f" (curl {ran['bash']}, Python {ran['python']}, JavaScript {ran['javascript']});"
        f" {len(shown)} are shown only; {links} links checked"
    )
    for sample in shown:
        print(f"  shown only: {sample.name}: {shown_only.reason(sample)}")
    print(f"{len(failures)} failed" if failures else "all passed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
