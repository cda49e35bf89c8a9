"""The invented street that the awkward workbooks of tests/workbooks report to."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from config import clock
from config.campaigns import sample_campaigns
from data_access.workbooks.model import Known, KnownCommunity, KnownSite

FOLDER = Path(__file__).parents[2] / "workbooks"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"awkward_{name}", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """The script that makes awkward workbooks."""
    return _load("make")


@pytest.fixture(scope="session")
def hostile() -> ModuleType:
    """The script that makes files which break readers."""
    return _load("hostile")


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, str], bytes]:
    """An .xlsx as LibreOffice saves it in another format; skips where there is no LibreOffice."""
    program = shutil.which("soffice")
    folder = tmp_path_factory.mktemp("office")
    made: dict[tuple[bytes, str], bytes] = {}

    def convert(data: bytes, kind: str) -> bytes:
        if program is None:
            pytest.skip("LibreOffice (soffice) is not installed")
        if (data, kind) not in made:
            (folder / "a.xlsx").write_bytes(data)
            profile = f"-env:UserInstallation=file://{folder}/profile"
            command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "to"), "a.xlsx"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
            made[data, kind] = (folder / "to" / f"a.{kind}").read_bytes()
        return made[data, kind]

    return convert


@pytest.fixture(scope="session")
def samples(make: ModuleType) -> list[bytes]:
    """A small sound file of each format that needs no other program to be made."""
    table = "社区,人数\n朝阳社区,5\n东湖村,7\n"
    page = "<html><table><tr><td>社区</td><td>人数</td></tr><tr><td>朝阳社区</td><td>5</td></tr></table></html>"
    return [make.title_rows(), make.formulas(), table.encode("gbk"), table.encode("utf-16"), page.encode()]


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
