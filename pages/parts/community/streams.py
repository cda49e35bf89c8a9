"""All workstreams of a community: done against elapsed time, and how the gap went in the last weeks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from charts import sparks
from config import language
from config.catalogue import indicator, workstream
from config.language import _
from data_access.reports import profile
from data_access.reports.cells import RED
from data_access.reports.view import View
from pages.parts import cache, figures, filters, style
from pages.parts.workstreams import progress

_LENGTHS = {"zh_CN": 13, "en": 22}  # characters of an indicator's name; more would leave no room for the bar


def pace(view: View) -> None:
    """Every workstream against elapsed time by its worst indicator, with twelve weeks of its gap."""
    frame = cache.cached(profile.pace)(view)
    signs = (_("the worst indicator of each; line: elapsed time"), _("curve: the gap over twelve weeks"))
    st.markdown(f"**{_('Workstreams against elapsed time')}** :small[{_('; ').join(signs)}]")
    labels = {slug: workstream(slug).label for slug in frame["workstream"]}
    rows = []
    for row in progress.records(frame):
        gap = None if row["gap"] is None or pd.isna(row["gap"]) else row["gap"]
        rows.append(
            {
                "label": labels[row["workstream"]],
                "detail": _detail(row, _LENGTHS[language.current()]),
                "words": _detail(row),
                "done": _share(row["completion_n"], row["completion_d"]),
                "elapsed": _share(row["asked_n"], row["asked_d"]),
                "gap": None if gap is None else float(gap),
                "gap_text": figures.points(gap),
                "alert": row["state"] in RED,
            }
        )
    made = pd.DataFrame(rows).astype({"done": "float64", "elapsed": "float64", "gap": "float64"})
    past = cache.cached(profile.lately)(view)
    days = sorted(past["day"].unique())
    history = pd.DataFrame(
        {
            "label": [labels.get(slug) for slug in past["workstream"]],
            "place": [days.index(day) / max(len(days) - 1, 1) for day in past["day"]],
            "gap": pd.Series([None if pd.isna(gap) else float(gap) for gap in past["gap"]], dtype="float64"),
        }
    )
    st.altair_chart(sparks.streams(made, history, dark=style.dark()), theme=None, key="profile_streams")
    filters.link("workstreams", _("Open workstreams"), view)


def _detail(row: dict[str, Any], most: int = 999) -> str:
    """The worst indicator, its name cut after ``most`` characters, and its counts."""
    if not isinstance(row["worst"], str):
        return _("not reported")
    name = indicator(row["worst"]).label
    counts = "" if pd.isna(row["done_d"]) else figures.fraction(row["done_n"], row["done_d"])
    return f"{name if len(name) <= most else name[: most - 1] + '…'} {counts}".rstrip()


def _share(n: Any, d: Any) -> float | None:
    """Percent for the length of a bar; None where there is none."""
    return None if pd.isna(n) or pd.isna(d) or d == 0 else float(100 * n / d)
