"""Downloads: the workbook is made when it is asked for, not with every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from config import language
from data_access import database
from data_access.workbooks import exports

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
    """A button that downloads ``sheets`` (name → frame) as a workbook, with the definitions on a sheet of their own."""
    spoken, version = language.current(), database.data_version()

    def made() -> bytes:
        # asked for by the browser, outside the run of the page: the language has to be brought along
        with language.speaking(spoken):
            content = sheets() if callable(sheets) else sheets
            return exports.workbook(dict(content), definitions=dict(definitions or {}), data_version=version)

    st.download_button(
        label, made, file_name=filename, mime=XLSX, icon=":material/download:", on_click="ignore", key=key
    )
