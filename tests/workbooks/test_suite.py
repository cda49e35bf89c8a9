"""Every workbook of the acceptance suite is taken as a person would take it (reading_rules N1–N22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbooks.suite import CASES, Case, judge, summary, write
from tests.workbooks.suite.case import Made, Outcome, reads, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import morning, table


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{case.name}" for case in CASES])
def test_workbook(case: Case, record_property: Callable[[str, object], None]) -> None:
    record_property("workbook", case.rule)
    assert judge(case.make()) == [], case.teaches


def test_every_rule_has_three_workbooks_and_all_together_many() -> None:
    per_rule = Counter(case.rule for case in CASES)
    assert set(per_rule) == {f"N{n}" for n in range(1, 23)}
    assert min(per_rule.values()) >= 3 and per_rule.total() >= 130
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (reads({"morning": [morning(planned=51)]}), "planned"),
        (reads({"morning": [morning(notified=3)]}), "notified"),
        (reads({"morning": []}), "taken, but not there"),
        (reads({"morning": [morning(), morning("幸福里社区")]}), "not taken"),
        (reads({"morning": [morning()]}, errors=[said("MASKED")]), "no error MASKED"),
        (reads({"morning": [morning()]}, said("TOTAL_MISMATCH", "", "7")), "nothing says TOTAL_MISMATCH"),
        (reads({"morning": [morning()]}, refused=1), "0 rows refused, not 1"),
        (reads({"morning": [morning()]}, states={"Sheet1": "hidden"}), "not hidden"),
        (reads({"morning": [morning()]}, signed={"填报人": "赵"}), "signed"),
        (reads({"morning": [morning()]}, partial=True), "partial"),
    ],
)  # fmt: skip
def test_the_judge_sees_what_differs(outcome: Outcome, reason: str) -> None:
    data = xlsx(table("morning", [morning()]))
    assert judge(Made(data, reads({"morning": [morning()]}, refused=0))) == []
    assert any(reason in line for line in judge(Made(data, outcome)))


def test_the_summary_counts() -> None:
    assert summary({"a": [], "b": ["wrong"], "c": []}) == "recognised and exact 2/3"


def test_a_workbook_is_written_into_its_folder(tmp_path: Path) -> None:
    case = CASES[0]
    made = case.make()
    written = write(case, made, tmp_path)
    assert written == tmp_path / case.rule / case.name / made.filename and written.read_bytes() == made.data
