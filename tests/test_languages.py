"""Both languages are complete: every message of the code has its Chinese and, where a number may be 1, its English."""

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from config import language

ROOT = Path(__file__).parents[1]
ROOMS = ("pages", "charts", "data_access", "config")


@cache
def messages():
    """Every message of the code, with its place. By syntax tree, since a message may stand inside an f-string."""
    found = {}
    for path in [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_" | "N_"), args=[ast.Constant(value=str(message)), *_rest]):
                    found.setdefault(message, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


@cache
def translations(spoken="zh_CN"):
    merged = {}
    for path in (language.LOCALE / spoken / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            catalogue = read_po(file)
        merged |= {message.id: message.string for message in catalogue if message.id and not message.fuzzy}
    return merged


def fields(text):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_every_message_has_its_chinese():
    known = translations()
    missing = [f"{place}: {message}" for message, place in messages().items() if not known.get(message)]
    assert missing == []


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_no_translation_is_left_over(spoken):
    assert sorted(set(translations(spoken)) - set(messages())) == []


def test_translations_fill_in_the_same_fields():
    wrong = [message for message, text in translations().items() if fields(message) != fields(text)]
    assert wrong == []


# Words that are typed, read again, or stand in a document of one language: what fills a cell or a field, and codes.
TYPED = {
    "data_access/reports/administration.py",
    "data_access/reports/day.py",
    "data_access/sheets/manual.py",
    "data_access/workbooks/writing.py",
    "pages/parts/administration/drives.py",
    "pages/parts/administration/register.py",
}


def test_a_list_is_joined_in_the_language_in_which_it_is_read():
    joined = re.compile(r"""["']、["'](?: if [^)]*\))?\.join""")
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in paths if joined.search(path.read_text(encoding="utf-8"))}
    assert found == TYPED


CHOICE = re.compile(r"\{\w+:([^{}|]*)\|([^{}|]*)\}")


def test_english_knows_its_words_for_one():
    """Of many it says what the code says, and a message that begins by counting such a noun is among them."""
    english = translations("en")
    assert {message: text for message, text in english.items() if CHOICE.sub(r"\2", text) != message} == {}
    nouns = {many for text in english.values() for _one, many in CHOICE.findall(text) if many.isalpha()}
    counted = re.compile(rf"\{{[nmk]\}} (?:more )?(?:{'|'.join(sorted(nouns))})\b")
    assert [message for message in messages() if counted.match(message) and message not in english] == []


def test_a_number_and_its_noun_agree():
    with language.speaking("en"):
        said = [language._("Commit {n} files", n=n) for n in (0, 1, 2, "1", "1,000")]
        assert said == ["Commit 0 files", "Commit 1 file", "Commit 2 files", "Commit 1 file", "Commit 1,000 files"]
        # a unit beside a number is said with it, and without one it is the word for many
        assert [language._("people", **n) for n in ({"n": 1}, {"n": 3}, {})] == ["person", "people", "people"]
    assert language._("people", n=1) == "人"


@pytest.mark.parametrize("spoken", ["zh_CN", "en"])
def test_a_message_is_spoken_in_the_language_asked_for(spoken):
    with language.speaking(spoken):
        text = language._("This submission is withdrawn already.")
    assert ("撤回" in text) == (spoken == "zh_CN")
