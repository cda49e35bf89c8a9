"""The matrix of a batch: one line a file, with what it is, what is wrong with it and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pandas as pd
import streamlit as st

from config import language
from config.language import N_, _
from data_access.findings import Severity
from pages.parts import figures, style, tables
from pages.parts.uploads import intake, preview
from pages.parts.uploads.intake import Batch, File

SIGNS = {
    "partial": ("error", "！", "red"),
    "unclear": ("help", "？", "act"),
    "refused": ("block", "⊘", "red"),
    "corrected": ("edit", "✎", "pri"),
    "ready": ("check_circle", "✓", "pri"),
    "unchanged": ("equal", "＝", "ink2"),
    "unread": ("hourglass_empty", "…", "ink2"),
    "committed": ("inventory", "●", "mark"),
}
WORDS = {
    "partial": N_("Needs mending"),
    "unclear": N_("To be confirmed"),
    "refused": N_("Not accepted"),
    "corrected": N_("Corrected"),
    "ready": N_("Can go in"),
    "unchanged": N_("Same content"),
    "unread": N_("Not read yet"),
    "committed": N_("Committed"),
}
_MOST = 15  # rows of the matrix before it scrolls
# By language, the widths of the columns and how long a note may be (see ``_wide``). On a meeting room's screen the
# columns have 1056 pixels; what does not fit would end at the edge, in the middle of a word.
_COLUMNS = ("file", "kind", "community", "date", "rows", "errors", "warnings", "state", "note")
_WIDTHS = {
    "zh_CN": dict(zip(_COLUMNS, (212, 86, 86, 70, 48, 40, 38, 92, 384), strict=True)),
    "en": dict(zip(_COLUMNS, (212, 128, 94, 66, 48, 40, 54, 142, 272), strict=True)),
}
_HELP = {"errors": N_("Rows with an error stay out."), "warnings": N_("Taken in and marked.")}
_LONGEST = {"zh_CN": 52, "en": 36}


def choose(batch: Batch) -> File | None:
    """The board: one line a file, any cell of which chooses it; the chosen file."""
    lines = batch.sorted()
    key = f"uploads_matrix_{batch.turn}"
    held: Any = st.session_state.get(key)
    chosen = _picked(held, lines) or _remembered(lines)
    picked = st.dataframe(
        styled(batch, lines, chosen), key=key, on_select="rerun", selection_mode="single-cell", **look(len(lines))
    )
    chosen = _picked(picked, lines) or chosen
    st.session_state["uploads_chosen"] = chosen.number
    return chosen


def _picked(state: Any, lines: Sequence[File]) -> File | None:
    cells = state["selection"]["cells"] if state else []
    return lines[cells[0][0]] if cells and cells[0][0] < len(lines) else None


def _remembered(lines: Sequence[File]) -> File:
    """The file that was looked at before, wherever it stands now; otherwise the first."""
    number = st.session_state.get("uploads_chosen")
    return next((item for item in lines if item.number == number), lines[0])


def look(length: int) -> dict[str, Any]:
    """How it is drawn, while it grows and when it stands."""
    widths = _WIDTHS[language.current()]
    return {
        "hide_index": True,
        "placeholder": figures.MISSING,
        "row_height": tables.ROW,
        "height": min(length, _MOST) * tables.ROW + 38,
        "column_config": {
            "file": st.column_config.TextColumn(_("File"), width=widths["file"]),
            "kind": st.column_config.TextColumn(_("Sheet"), width=widths["kind"]),
            "community": st.column_config.TextColumn(_("Community"), width=widths["community"]),
            "date": st.column_config.TextColumn(_("Date"), width=widths["date"]),
            "rows": st.column_config.NumberColumn(_("Rows"), width=widths["rows"]),
            "errors": st.column_config.NumberColumn(_("Err."), width=widths["errors"], help=_(_HELP["errors"])),
            "warnings": st.column_config.NumberColumn(_("Warn."), width=widths["warnings"], help=_(_HELP["warnings"])),
            "state": st.column_config.TextColumn(_("State"), width=widths["state"]),
            "note": st.column_config.TextColumn(_("Note"), width=widths["note"]),
        },
    }


def styled(batch: Batch, lines: Sequence[File], chosen: File | None) -> Any:
    """The lines with their colours; the chosen one is tinted. While nothing is read yet there is nothing to colour."""
    frame = pd.DataFrame(
        {
            "file": [short(item.name) for item in lines],
            "kind": [intake.kinds(item) for item in lines],
            "community": [intake.communities(item) for item in lines],
            "date": [intake.days(item) for item in lines],
            "rows": pd.array(
                [item.rows_accepted + item.rows_refused if item.sheets else None for item in lines], dtype="Int64"
            ),
            "errors": pd.array([item.count(Severity.ERROR) for item in lines], dtype="Int64"),
            "warnings": pd.array([item.count(Severity.WARNING) for item in lines], dtype="Int64"),
            "state": [f"{SIGNS[item.state][1]} {intake.state_words(item)}" for item in lines],
            "note": [brief(intake.note(item, batch), _LONGEST[language.current()]) for item in lines],
        }
    )
    unread = chosen is None and all(item.reading is None for item in lines)
    return frame if unread else _coloured(frame, lines, chosen)


def _wide(text: str) -> list[int]:
    """How wide each sign is; a Chinese one is as wide as two others."""
    return [2 if ord(sign) > 0x2E80 else 1 for sign in text]


def brief(note: str, most: int) -> str:
    """A note, cut after a word where it is long: the whole of it stands beside the chosen file."""
    ends = list(accumulate(_wide(note)))
    if not ends or ends[-1] <= most:
        return note
    kept = note[: sum(end < most for end in ends)]
    if kept[-1].isascii() and note[len(kept)].isascii() and " " in kept:
        kept = kept[: kept.rindex(" ")] if note[len(kept)] != " " else kept
    return kept.rstrip(" ,;:，；：、（(") + "…"


def short(name: str, most: int = 28) -> str:
    """A file name with its middle left out where it is long."""
    wide = _wide(name)
    if sum(wide) <= most:
        return name
    end = next(n for n in range(1, len(name)) if sum(wide[-n:]) >= most // 2 - 2)
    start = next(n for n in range(1, len(name)) if sum(wide[:n]) >= most // 2 - 2)
    return f"{name[:start]}…{name[-end:]}"


def _coloured(frame: pd.DataFrame, lines: Sequence[File], chosen: File | None) -> Any:
    """States in their colours, errors red, warnings and lost rows orange, zeros quiet, the chosen line tinted."""
    colours, ask = style.palette(), _("? choose")

    def ink(name: str, item: File, value: Any) -> str:
        if name == "state":
            return f"color:{getattr(colours, SIGNS[item.state][2])};font-weight:700"
        if name in ("errors", "warnings"):
            loud = colours.red if name == "errors" else colours.act
            return f"color:{loud};font-weight:700" if value else f"color:{colours.ink3}"
        if name in ("kind", "community", "date"):
            return f"color:{colours.act};font-weight:700" if value == ask else ""
        if name == "note":
            return f"color:{colours.act if preview.lost(item) else colours.ink2}"
        return ""

    looks = {}
    for column, name in enumerate(_COLUMNS):
        for row, (item, value) in enumerate(zip(lines, frame[name], strict=True)):
            ground = f"background-color:{colours.pri_tint};" if item is chosen else ""
            looks[row, column] = ground + ink(name, item, value)
    return tables.inked(frame, {place: look for place, look in looks.items() if look})
