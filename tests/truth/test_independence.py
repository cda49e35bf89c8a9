"""The second computation is of any worth only while it knows nothing of the first."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OURS = {"config", "data_access", "charts", "pages", "app"}


@pytest.mark.parametrize("module", ["read", "street", "workstreams"])
def test_what_computes_a_second_time_imports_nothing_of_the_board(module):
    tree = ast.parse((HERE / f"{module}.py").read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.split(".")[0] in OURS}
    assert {name for name in imported if name.startswith("tests")} <= {
        "tests.truth.read", "tests.truth.street", "tests.truth.workstreams",
    }  # fmt: skip
