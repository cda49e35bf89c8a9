"""One sample street, made as anybody makes it: by the command line, its workbooks kept in a folder."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from config import language
from config.settings import settings
from data_access import database
from data_access.__main__ import main
from data_access.access import visits
from tests.pages.conftest import APP, administrator
from tests.truth import read
from tests.truth.read import SHANGHAI
from tests.truth.street import Street, Targets

NOW = datetime(2022, 8, 12, 21, 20, tzinfo=SHANGHAI)
DAY, EVE = date(2022, 8, 12), date(2022, 8, 11)
NUMBER = r"[+−▲▼]?\d[\d,]*(?:\.\d+)?%?"


@dataclass
class Sample:
    """The street in its folder, and the pages that have been opened on it."""

    folder: Path
    sheets: list[read.Sheet] = field(repr=False)
    targets: Targets = field(repr=False)
    drawn: dict[tuple[str, ...], AppTest] = field(default_factory=dict, repr=False)

    def truth(self, moment: datetime = NOW, **more: Any) -> Street:
        """What had arrived by a moment."""
        return Street(self.sheets, moment, targets=self.targets, **more)

    def report(self, name: str, *options: str) -> list[dict[str, Any]]:
        """The rows of a report of the command line."""
        answer = CliRunner().invoke(main, ["report", name, "--json", *options], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return list(json.loads(answer.stdout)["rows"])

    def page(self, name: str, **query: str) -> AppTest:
        """A page as the administrator sees it."""
        key = (name, *(f"{one}={value}" for one, value in query.items()))
        if key not in self.drawn:
            actor = administrator()
            board = AppTest.from_file(str(APP), default_timeout=60)
            board.session_state["visit"] = visits.begin(actor)
            for one, value in query.items():
                board.query_params[one] = value
            board.switch_page(f"pages/{name}.py")
            self.drawn[key] = board.run()
            assert not self.drawn[key].exception
        return self.drawn[key]


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """Six communities and six days, up to an evening on which one of them has not reported."""
    folder = tmp_path_factory.mktemp("truth")
    make = PagesManager.__init__

    def declared(self: PagesManager, *args: Any, **options: Any) -> None:
        make(self, *args, **options)
        PagesManager.uses_pages_directory = False  # as in tests/pages/conftest.py

    with pytest.MonkeyPatch.context() as patch:
        for name in ("STREET_DATABASE_URL", "STREET_CONFIG", "STREET_LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("STREET_DATA_DIR", str(folder / "data"))
        patch.setenv("STREET_NOW", NOW.isoformat())
        patch.setattr(PagesManager, "__init__", declared)
        settings.cache_clear()
        database.close_all()
        language.use(language.DEFAULT)
        size = ["--communities", "6", "--days", "6", "--seed", "7"]
        made = CliRunner().invoke(main, ["sample", *size, "--workbooks", str(folder / "books")], catch_exceptions=False)
        assert made.exit_code == 0, made.output
        held = folder / "data" / "street.db"
        yield Sample(folder, read.sheets(folder / "books", held), read.targets(held, DAY))
        database.close_all()
    settings.cache_clear()


@pytest.fixture
def truth(sample: Sample) -> Street:
    """What the workbooks say, as of the evening."""
    return sample.truth()


def words(page: AppTest) -> list[str]:
    """What every piece of HTML of a page says, style sheets aside, in the order of the page."""
    bodies = [element.proto.body for element in page.get("html")]
    return [plain(body) for body in bodies if "<style" not in body]


def plain(body: str) -> str:
    """HTML without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def tokens(text: str, names: list[str]) -> list[str]:
    """Every number of a text and the communities it speaks of, in order: who has which figure."""
    return re.findall("|".join([*sorted(names, key=len, reverse=True), NUMBER]), text)


def charts(page: AppTest) -> list[list[pd.DataFrame]]:
    """The data of every chart of a page, as its Vega specification names them."""
    found = []
    for element in (*page.get("vega_lite_chart"), *page.get("arrow_vega_lite_chart")):
        streams = [part.data.data for part in element.proto.datasets if part.data.data]
        found.append([pa.ipc.open_stream(one).read_all().to_pandas() for one in streams])
    return found


def chart(page: AppTest, *columns: str) -> pd.DataFrame:
    """The first data of a chart of the page with all of these columns."""
    every = (frame for group in charts(page) for frame in group)
    return next(frame for frame in every if set(columns) <= set(frame.columns))


Days = Callable[[int], date]


def before(days: int) -> date:
    """A day before the last."""
    return DAY - timedelta(days=days)
