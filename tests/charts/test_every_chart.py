"""What holds for every chart: valid, typed, unlegended, of one theme, and silent about other columns."""

from __future__ import annotations

import json

import pytest
from specs import everything, layers, words

from charts import theme

CHANNELS = ("x", "y", "text", "color", "detail", "size")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("screen", [False, True])
def test_builds_and_validates_in_both_themes_and_sizes(draw, dark, screen):
    spec = draw(dark=dark, screen=screen)
    assert spec["config"]["background"] == "transparent"
    assert spec["config"]["view"]["stroke"] is None
    assert spec["config"]["text"]["color"] == theme.palette(dark).ink
    assert spec["width"] == "container" and spec["autosize"]["type"] == "fit-x"


def test_channels_are_typed_and_nothing_has_a_legend(draw):
    spec = draw()
    assert not [value for key, value in everything(spec) if key == "legend" and value is not None]
    for layer in layers(spec):
        for channel in CHANNELS:
            field = layer["encoding"].get(channel, {})
            if "field" in field:
                assert field["type"] in {"nominal", "ordinal", "quantitative", "temporal"}
                if channel in {"color", "size"}:
                    assert field["scale"] is None, "a colour scale would bring a legend"


def test_names_are_never_sorted_by_the_alphabet(draw):
    for layer in layers(draw()):
        for channel in ("x", "y"):
            field = layer["encoding"].get(channel, {})
            if field.get("type") in {"nominal", "ordinal"}:
                assert isinstance(field["sort"], list)


def test_dark_colours_are_used_in_the_dark_only(draw):
    light, dark = json.dumps(draw()), json.dumps(draw(dark=True))
    assert theme.LIGHT.ink in light and theme.LIGHT.ink not in dark
    assert theme.DARK.ink in dark and theme.DARK.ink not in light


def test_screen_type_is_never_below_16(draw):
    spec = draw(screen=True)
    sizes = [value for key, value in everything(spec) if key in {"fontSize", "labelFontSize"}]
    assert sizes and min(sizes) >= 16


def test_an_empty_frame_is_still_a_chart(draw):
    assert list(layers(draw(rows=0)))


def test_undocumented_columns_do_not_reach_the_browser(draw):
    spec = json.dumps(draw(extra={"telephone": "13800000000", "person": "张三"}), ensure_ascii=False)
    assert "13800000000" not in spec and "张三" not in spec


def test_nothing_missing_is_printed_as_null(draw):
    assert not {None, "None", "nan", "<NA>", "null"} & set(words(draw()))


def test_tooltips_speak_the_language(draw):
    titles = [value for key, value in everything(draw()) if key == "tooltip" and isinstance(value, list)]
    assert all(tip["title"] and not tip["title"].isascii() for tips in titles for tip in tips)
