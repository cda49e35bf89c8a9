"""The palette, the states and the texts of charts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from charts import theme
from config.language import _, speaking

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(colours):
    pairs = [(ink, colours.surface) for ink in (colours.ink, colours.ink2, colours.ink3, colours.pri)]
    pairs += [
        (colours.act, colours.act_tint),
        (colours.red, colours.red_tint),
        (colours.pri, colours.pri_tint),
    ]
    pairs += [(colours.act_on, colours.act_solid), (colours.red_on, colours.red_solid)]
    pairs += list(zip(colours.load_text, colours.load, strict=True))
    pairs += list(zip(colours.gap_text, colours.gap, strict=True))
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
    assert round(contrast(colours.mark, colours.surface), 1) >= 3


@pytest.mark.parametrize(("name", "colours"), [("light", theme.LIGHT), ("dark", theme.DARK)])
def test_the_page_theme_has_the_same_colours(name, colours):
    page = CONFIG["theme"][name]
    assert page["backgroundColor"] == colours.surface
    assert page["secondaryBackgroundColor"] == colours.page
    assert page["textColor"] == colours.ink
    assert page["primaryColor"] == colours.pri
    assert (page["redTextColor"], page["redBackgroundColor"]) == (colours.red, colours.red_tint)
    assert (page["orangeTextColor"], page["orangeBackgroundColor"]) == (colours.act, colours.act_tint)
    known = {
        colour
        for field in fields(colours)
        for value in [getattr(colours, field.name)]
        for colour in (value if isinstance(value, tuple) else (value,))
    }
    assert {value for value in page.values() if str(value).startswith("#")} <= known


def test_states_have_a_word_in_both_languages_and_a_colour():
    for state in theme.STATES.values():
        assert re.fullmatch(r"#[0-9A-F]{6}", state.text()) and re.fullmatch(r"#[0-9A-F]{6}", state.tint(True))
        with speaking("en"):
            english = state.label
        with speaking("zh_CN"):
            assert re.search(r"[一-鿿]", state.label), f"{english} is not translated"


def test_readers_of_english_meet_no_chinese_glyph():
    with speaking("en"):
        assert not [state.word for state in theme.STATES.values() if re.search(r"[一-鿿]", state.sign)]
    with speaking("zh_CN"):
        assert theme.STATES["late"].sign == "迟"


def test_red_is_kept_for_what_is_unreported_overdue_or_zero_tolerance():
    assert {code for code, state in theme.STATES.items() if state.role == "red"} == {
        "unreported",
        "occurred",
        "overdue",
    }


def test_texts_of_counts_and_differences():
    assert [theme.count(n) for n in (14715, 0, pd.NA, None)] == ["14,715", "0", "—", "—"]
    assert [theme.signed(n) for n in (3, -2, 0, -1200, pd.NA)] == ["+3", "−2", "0", "−1,200", "—"]
    assert theme.texts(["a", None]) == ["a", "—"]


def test_a_chinese_character_is_as_wide_as_its_size():
    assert theme.extent(["未到", "12"], 20) == 40
    assert theme.extent([], 20) == 0


@pytest.mark.parametrize("aspect", [0.25, 1, 3, 16])
def test_stripes_alternate_from_corner_to_corner(aspect):
    stripes = theme.stripes(aspect=aspect)
    offsets = [stop["offset"] for stop in stripes["stops"]]
    assert offsets == sorted(offsets) and (offsets[0], offsets[-1]) == (0, 1)
    assert {stop["color"] for stop in stripes["stops"]} == {theme.LIGHT.sunk, theme.LIGHT.surface}
    x, y = stripes["x2"], stripes["y2"]
    assert (x + y) / (x * x + y * y) == pytest.approx(1, abs=1e-3)  # the far corner is the end of the gradient


def test_take_asks_for_every_documented_column():
    frame = pd.DataFrame({"label": ["a"], "secret": ["b"]})
    assert list(theme.take(frame, "label", also=["share"])) == ["label"]
    with pytest.raises(KeyError):
        theme.take(frame, "label", "n")


def test_every_message_of_the_charts_is_translated():
    for word in [*theme.TIPS.values(), "Total", "missing", "Day", "Vs above", "Change", "Mark"]:
        with speaking("zh_CN"):
            assert re.search(r"[一-鿿]", _(word)), f"{word} is not translated"
