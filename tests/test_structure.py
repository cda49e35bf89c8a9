"""The rooms of the house and who may enter which."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = [
    ROOT / "app.py",
    *(p for room in ("pages", "charts", "data_access", "config") for p in (ROOT / room).rglob("*.py")),
]


def test_nobody_imports_what_is_not_theirs():
    # in a process of its own: it switches off whatever this one logs
    call = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_openpyxl_and_calamine_stay_in_the_workbooks_room():
    strays = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if {"openpyxl", "python_calamine"} & set(imported(path)) and "data_access/workbooks" not in path.as_posix()
    ]
    assert strays == []


def test_the_clock_is_asked_for_the_time_and_nobody_else():
    strays = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.name != "clock.py"
        for text in [path.read_text(encoding="utf-8")]
        if any(call in text for call in ("datetime.now(", "date.today(", "datetime.utcnow("))
    ]
    assert strays == []


def test_every_page_is_guarded_before_anything_else():
    """While a page can be asked for without the front door, nothing may run in it before the guard."""
    pages = [path for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"]
    assert len(pages) >= 9
    for path in pages:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        guard = next(n for n, statement in enumerate(body) if "guard.enter(" in ast.unparse(statement))
        for statement in body[:guard]:
            constant = isinstance(statement, (ast.Assign, ast.AnnAssign)) and "st." not in ast.unparse(statement)
            harmless = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            assert constant or docstring or isinstance(statement, harmless), (
                f"{path.name}: {ast.unparse(statement)[:80]}"
            )
