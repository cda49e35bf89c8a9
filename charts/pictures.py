"""A chart as a PNG, with the packaged font, on a server without any browser or Chinese font."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from charts import theme
from config import FONT


def png(chart: alt.LayerChart, width: int = 900, *, dark: bool = False) -> bytes:
    """The chart as it is drawn on a page ``width`` pixels wide, on the ground of its theme, twice as dense."""
    _fonts()
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec |= {"width": width, "background": theme.palette(dark).surface, "padding": 16}
    # on a page the words beside the plot are fitted into the width; here the picture grows with them
    spec["autosize"] = {"type": "pad"}
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=version, scale=2))


@lru_cache(maxsize=1)
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONT.parent))
