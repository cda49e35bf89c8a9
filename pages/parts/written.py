"""Tables written out once, as they are sent: else Streamlit writes each of them anew, for every visitor and every run.

What ``engine`` lets Streamlit ask instead of its own; ``tests/pages/test_written.py`` fails where that has other names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from pandas.io.formats.style import Styler
from streamlit import dataframe_util
from streamlit.elements.lib import pandas_styler_utils
from streamlit.proto.ArrowData_pb2 import ArrowData

_convert = dataframe_util.convert_pandas_df_to_arrow_bytes
_marshall = pandas_styler_utils.marshall_styler


class Written(pd.DataFrame):
    """A frame that nobody changes any more, and what is sent of it; whatever is made of it is an ordinary one."""

    arrow = b""

    def __copy__(self, *_deep: object) -> Written:
        return self


def written(frame: pd.DataFrame) -> Written:
    """The frame with what is sent of it."""
    return _with(frame, _convert(frame))


def styled(styler: Styler) -> Styler:
    """A styled table with what is sent of it."""
    made = ArrowData()
    _marshall(made, styler, "")
    return _sent(styler, written(_frame(styler)), made.styler)


def filled(styler: Styler, texts: Sequence[str]) -> Styler:
    """A table of ``styled`` with other texts in its last column, of texts too and drawn as they are."""
    frame: Any = _frame(styler)
    made = frame.copy()
    made.isetitem(len(made.columns) - 1, list(texts))
    rules = ArrowData.PandasStyler()
    rules.CopyFrom(vars(styler)["sent"])
    rules.display_values = _filled(rules.display_values, texts)
    return _sent(made.style, _with(made, _filled(frame.arrow, texts)), rules)


def ground(styler: Styler, row: int, columns: Iterable[int], colour: str) -> str:
    """The rule that puts a colour under cells of one row (it and the columns from 0) that have none of their own."""
    cells = ", ".join(f"#T_{vars(styler)['sent'].uuid}_row{row}_col{column}" for column in columns)
    return f"{cells} {{ background-color: {colour} }}"


def ruled(styler: Styler, rule: str) -> Styler:
    """A table of ``styled`` with one rule more."""
    rules = ArrowData.PandasStyler()
    rules.CopyFrom(vars(styler)["sent"])
    rules.styles = f"{rule}\n{rules.styles}"
    frame = _frame(styler)
    return _sent(frame.style, frame, rules)


def _frame(styler: Styler) -> pd.DataFrame:
    asked: Any = styler  # what Streamlit asks of it bears no types
    frame: pd.DataFrame = asked.data
    return frame


def _with(frame: pd.DataFrame, arrow: bytes) -> Written:
    made = Written(frame)
    made.arrow = arrow
    return made


def _sent(styler: Styler, frame: pd.DataFrame, rules: ArrowData.PandasStyler) -> Styler:
    asked: Any = styler
    asked.data, asked.sent = frame, rules
    return styler


def _filled(arrow: bytes, texts: Sequence[str]) -> bytes:
    table = pa.ipc.open_stream(arrow).read_all()
    last = table.schema.field(table.num_columns - 1)
    column = pa.array(texts, type=last.type)
    return dataframe_util.convert_arrow_table_to_arrow_bytes(table.set_column(table.num_columns - 1, last, column))


# What Streamlit asks ----------------------------------------------------------------------------------------------


def convert(frame: pd.DataFrame, **options: Any) -> bytes:
    """The frame in Arrow."""
    return frame.arrow if isinstance(frame, Written) and not options else _convert(frame, **options)


def marshall(sent: ArrowData, styler: Styler, uuid: str) -> None:
    """How a table is styled, into what is sent."""
    rules = vars(styler).get("sent")
    if rules is None:
        _marshall(sent, styler, uuid)
    else:
        sent.styler.CopyFrom(rules)
