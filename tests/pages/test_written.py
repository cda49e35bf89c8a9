"""Tables that are written out once say what Streamlit would make of them each time."""

from __future__ import annotations

import copy
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pandas.io.formats.style import Styler
from streamlit import dataframe_util
from streamlit.elements import arrow
from streamlit.proto.ArrowData_pb2 import ArrowData

from pages.parts import tables, written
from pages.parts.frame import engine

HEADS = pd.MultiIndex.from_tuples([("", "社区"), ("早会商", "计划"), ("处置", "联络人")])


def frame() -> pd.DataFrame:
    counts = pd.array([46, None, 12], dtype="Int64")
    made = pd.DataFrame({0: ["锦绣社区", "安康社区", "合计"], 1: counts, 2: ["", "", ""]})
    return made.set_axis(HEADS, axis=1)


def styler() -> Styler:
    shown = frame().style.apply(lambda _column: ["color:red;font-weight:700", "", ""], subset=[HEADS[1]])
    return shown.format(lambda n: f"≈{n}", subset=([0], [HEADS[1]]))


def sent(table: Any) -> ArrowData:
    """What Streamlit sends of a table."""
    made = ArrowData()
    arrow.marshall(made, table, "7")
    return made


def cells(content: bytes) -> list[list[Any]]:
    return [column.to_pylist() for column in pa.ipc.open_stream(content).read_all().columns]


@pytest.fixture(autouse=True)
def settled() -> None:
    engine.settle()
    asked: Any = (arrow, dataframe_util)
    assert asked[0].marshall_styler is written.marshall
    assert asked[1].convert_pandas_df_to_arrow_bytes is written.convert


def test_a_settled_table_is_sent_as_streamlit_would_send_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, table = styler(), styler()
    plain.set_uuid("a"), table.set_uuid("a")
    expected, made = sent(plain), tables.settled(table)
    assert "≈46" in cells(expected.styler.display_values)[1] and "color: red" in expected.styler.styles
    monkeypatch.setattr(written, "_convert", None)  # nothing is worked out any more
    monkeypatch.setattr(written, "_marshall", None)
    assert sent(made) == expected


def test_texts_are_filled_into_the_last_column_of_a_table_that_others_share() -> None:
    shared = tables.settled(styler())
    before, names = sent(shared), ["周* 137****4480", "—", ""]
    own = sent(written.filled(shared, names))
    for content in (own.data, own.styler.display_values):
        assert cells(content)[2] == names
    assert cells(own.data)[:2] == cells(before.data)[:2]
    assert cells(own.styler.display_values)[:2] == cells(before.styler.display_values)[:2]
    assert (own.styler.uuid, own.styler.styles) == (before.styler.uuid, before.styler.styles)
    assert sent(shared) == before, "nobody else is told of it"


def test_a_rule_more_goes_under_the_cells_that_it_names() -> None:
    shared = tables.settled(styler())
    before = sent(shared)
    rule = written.ground(shared, 1, [0, 2], "#eef")
    own = sent(written.ruled(shared, rule))
    uuid = before.styler.uuid
    assert own.styler.styles.splitlines()[0] == f"#T_{uuid}_row1_col0, #T_{uuid}_row1_col2 {{ background-color: #eef }}"
    assert own.styler.styles.endswith(before.styler.styles) and own.data == before.data
    assert sent(shared) == before


def test_a_written_frame_is_shared_and_what_is_made_of_it_is_not() -> None:
    made = written.written(frame())
    assert copy.copy(made) is made and sent(made) == sent(frame())
    fewer = made.head(1)
    assert type(fewer) is pd.DataFrame and cells(sent(fewer).data)[0] == ["锦绣社区"]
