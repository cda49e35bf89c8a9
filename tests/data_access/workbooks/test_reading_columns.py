"""A whole column reads as its cells do one by one, whatever is in them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.sheets import kind
from data_access.sheets.declaration import Column, Type
from data_access.workbooks.model import Cells
from data_access.workbooks.values import MISSING, SAME, Parser

DAY = date(2022, 8, 12)
COLUMNS = (
    *kind("roster").columns,
    Column("n", "数", "Number", Type.NUMBER),
    Column("moment", "时间", "Moment", Type.DATETIME),
    Column("files", "份数", "Files", Type.FILES),
)
PLAIN = st.one_of(
    st.from_regex(r"[0-9]{17}[0-9Xx]", fullmatch=True),
    st.from_regex(r"1[0-9]{10}", fullmatch=True),
    st.from_regex(r"[\u4e00-\u9fff]{1,4}", fullmatch=True),
    st.sampled_from(sorted(MISSING | SAME)),
)
CELLS = st.one_of(
    PLAIN,
    st.text(max_size=12),
    st.sampled_from(["", 1, 1.0, True, 0, 0.0, False, 46, "46", "46人", "2022-08-05", "8.5", "已接种", "是", "√"]),
    st.floats(allow_nan=False),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),
    st.times(),
)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
@given(raws=st.lists(CELLS, max_size=12))
def test_a_column_reads_as_its_cells_do(column: Column, raws: list[object]) -> None:
    values, remarkable = Parser(column, DAY).read_all(raws)
    alone = Parser(column, DAY)
    readings = [alone.read(raw) for raw in raws]
    assert [(type(value), value) for value in values] == [(type(r.value), r.value) for r in readings]
    assert remarkable == {spot: reading for spot, reading in enumerate(readings) if reading.remarkable}


@given(PLAIN)
def test_what_stands_as_it_is_says_nothing_more(text: str) -> None:
    """The short way may only be taken where the long one gives the text itself, without a word."""
    for column in COLUMNS:
        parser = Parser(column, DAY)
        if parser._plainly is not None and parser._plainly(text) and text not in MISSING | SAME:
            reading = parser.read(text)
            assert (reading.value, reading.remarkable) == (text, False)


def test_equal_numbers_of_different_types_are_told_apart() -> None:
    values, remarkable = Parser(Column("n", "数", "N", Type.INT), DAY).read_all([1, True, 1.0, time(1)])
    assert values == [1, None, 1, None]
    assert sorted(remarkable) == [1, 3]


def test_the_cells_of_a_row_have_their_addresses() -> None:
    cells = Cells({"community": "B", "name": "AA"}, 46)
    assert dict(cells) == {"community": "B46", "name": "AA46"}
    assert cells.get("phone", "A46") == "A46"
