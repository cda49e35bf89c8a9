"""Both languages are complete: every message of the code has its Chinese, and no translation is left over."""

import ast
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from config import language

ROOT = Path(__file__).parents[1]
ROOMS = ("pages", "charts", "data_access", "config")


def messages():
    """Every message of the code, with its place. By syntax tree, since a message may stand inside an f-string."""
    found = {}
    for path in [ROOT / "app.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_" | "N_"), args=[ast.Constant(value=str(message)), *_rest]):
                    found.setdefault(message, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def translations():
    merged = {}
    for path in (language.LOCALE / "zh_CN" / "LC_MESSAGES").glob("*.po"):
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


def test_no_translation_is_left_over():
    assert sorted(set(translations()) - set(messages())) == []


def test_translations_fill_in_the_same_fields():
    wrong = [message for message, text in translations().items() if fields(message) != fields(text)]
    assert wrong == []


@pytest.mark.parametrize("spoken", ["zh_CN", "en"])
def test_a_message_is_spoken_in_the_language_asked_for(spoken):
    with language.speaking(spoken):
        text = language._("This submission is withdrawn already.")
    assert ("撤回" in text) == (spoken == "zh_CN")
