"""Every finding code has its two sentences in both languages, and nobody else's code."""

import importlib
import pkgutil
import string

import pytest

import data_access
from config import language
from data_access.findings import Finding, Rule, Severity


def rules():
    found = {}
    for module in pkgutil.walk_packages(data_access.__path__, "data_access."):
        if ".migrations" in module.name or module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Rule):
                found.setdefault(value.code, set()).add(value)
    return found


def test_codes_are_unique():
    assert {code: len(same) for code, same in rules().items() if len(same) > 1} == {}
    assert len(rules()) > 60


class AnyFields(dict):
    def __missing__(self, key):
        return "…"


@pytest.mark.parametrize("code", sorted(rules()))
def test_both_sentences_stand_in_both_languages(code):
    (rule,) = rules()[code]
    for text in (rule.message, rule.remedy):
        assert text
        with language.speaking("zh_CN"):
            chinese = language._(text)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), text
        string.Formatter().vformat(chinese, (), AnyFields())


def test_personal_values_are_masked_wherever_they_are_shown():
    rule = Rule("TEST", Severity.ERROR, "“{value}” is no name.", "Write it again.")
    finding = Finding(rule, value="张三丰", personal=True)
    assert finding.shown_value == "张***"
    assert "张三丰" not in finding.message
    assert Finding(rule, value="8月32日").shown_value == "8月32日"
