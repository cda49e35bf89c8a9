"""Write every workbook of the suite into a folder, where one is given, and say what the reader makes of them."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.workbooks.suite import CASES, judge, summary, write


def main(folder: Path | None) -> int:
    """Run all cases; the number of those that fail."""
    wrong: dict[str, list[str]] = {}
    for case in CASES:
        made = case.make()
        if folder is not None:
            write(case, made, folder)
        try:
            wrong[case.name] = judge(made)
        except Exception as error:
            wrong[case.name] = [f"raised {type(error).__name__}: {error}"]
    for case in CASES:
        if wrong[case.name]:
            print(f"{case.rule} {case.name}: {case.teaches}", *wrong[case.name], sep="\n    ")
    print(", ".join(f"{rule} {n}" for rule, n in Counter(case.rule for case in CASES).items()))
    print(summary(wrong))
    return sum(bool(reasons) for reasons in wrong.values())


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)))
