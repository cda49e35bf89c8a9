"""The invented street that the awkward workbooks of tests/workbooks report to."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from config import clock
from config.campaigns import sample_campaigns
from data_access.workbooks.model import Known, KnownCommunity, KnownSite

MAKE = Path(__file__).parents[2] / "workbooks" / "make.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long random runs are for whoever asks for them: pytest -m fuzz."""
    if "fuzz" not in config.getoption("markexpr", ""):
        for item in items:
            if item.get_closest_marker("fuzz"):
                item.add_marker(pytest.mark.skip(reason="long; run with -m fuzz"))


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("awkward_workbooks", MAKE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """The script that makes awkward workbooks."""
    return _load()


@pytest.fixture(scope="session")
def known() -> Known:
    """A street of three communities and a village, with two sites and both campaigns."""
    return Known(
        street="示范街道",
        campaigns={campaign.code: campaign for campaign in sample_campaigns()},
        default_campaign="covid",
        communities=(
            KnownCommunity("朝阳社区", "C01", aliases=("朝阳", "朝阳居")),
            KnownCommunity("幸福里社区", "C02"),
            KnownCommunity("东湖村", "C03", kind="village"),
            KnownCommunity("和平路社区", "C04"),
        ),
        sites=(KnownSite("街道接种门诊", batch_capacity=40), KnownSite("体育馆临时接种点", kind="temporary")),
    )


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon of 12 August 2022 in every test."""
    with clock.at(datetime(2022, 8, 12, 12)):
        yield
