"""Downloads: the workbook is made when it is asked for, not with every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from config import language
from data_access.reports import events
from data_access.workbooks import exports
from pages.parts import cache, headings
from pages.parts.frame import session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Sheets = Mapping[str, pd.DataFrame]


def xlsx_button(
    label: str,
    sheets: Sheets | Callable[[], Sheets],
    filename: str,
    *,
    definitions: Mapping[str, str] | None = None,
    key: str | None = None,
) -> None:
    """A button that downloads ``sheets`` (name → frame) as a workbook, with the definitions on a sheet of their own.

    Headings, codes and the names of the definitions are put into words (``headings``).

    Each download is recorded with its file name; lists of people have functions of their own, which say how many.
    """
    spoken, version, asker = language.current(), cache.data_version(), session.asker()

    def made() -> bytes:
        # asked for by the browser, outside the run of the page: language and street have to be brought along
        with language.speaking(spoken):
            actor = asker()
            content = sheets() if callable(sheets) else sheets
            events.exported(actor, filename)
            told = {name: headings.worded(frame) for name, frame in content.items()}
            meant = {headings.heading(name): headings.meaning(name, text) for name, text in (definitions or {}).items()}
            return exports.workbook(told, definitions=meant, data_version=version)

    st.download_button(
        label, made, file_name=filename, mime=XLSX, icon=":material/download:", on_click="ignore", key=key
    )
