"""Every rule that a finding may name, by its code."""

from __future__ import annotations

from collections.abc import Mapping

from data_access.findings import Rule
from data_access.inbox import rules as inbox_rules
from data_access.sheets import rules as sheet_rules
from data_access.workbooks import rules as reader_rules

RULES: Mapping[str, Rule] = {
    rule.code: rule
    for source in (reader_rules, sheet_rules, inbox_rules)
    for rule in vars(source).values()
    if isinstance(rule, Rule)
}
