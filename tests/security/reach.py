"""Which functions of ``data_access`` come to the database, and what they ask of the account on their way.

Read from the source, not from a run: a function reaches whatever it names, and whatever that reaches.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPENS = {f"data_access.database.{name}" for name in ("reading", "reporting", "writing", "engine")}
ASKS = ("require", "require_community", "may", "holds", "machine")


@dataclass(frozen=True)
class Function:
    """One function. ``takes`` are the annotations of its parameters, ``names`` what it speaks of, ``asks`` of whom."""

    name: str
    public: bool
    takes: frozenset[str]
    names: frozenset[str]
    asks: frozenset[str]


@cache
def functions() -> dict[str, Function]:
    """Every function and method of ``data_access`` by its full name."""
    found = {}
    for path in sorted((ROOT / "data_access").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = _imported(tree) | {name: f"{module}.{name}" for name, _node in _defined(tree)}
        for name, node in _defined(tree):
            methods = [node] if isinstance(node, ast.FunctionDef) else node.body
            for one in methods:
                if isinstance(one, ast.FunctionDef):
                    full = f"{module}.{name}" if one is node else f"{module}.{name}.{one.name}"
                    found[full] = _function(full, one, known)
    return found


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    yield from ((node.name, node) for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))


def _imported(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("data_access"):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _function(name: str, node: ast.FunctionDef, known: dict[str, str]) -> Function:
    names, asks = set(), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in known:
            names.add(f"{known[part.value.id]}.{part.attr}")
        elif isinstance(part, ast.Name) and part.id in known:
            names.add(known[part.id])
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ASKS and part.args:
            asks.add(ast.unparse(part.args[0]))
    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    takes = frozenset(ast.unparse(one.annotation) for one in taken if one.annotation)
    return Function(name, not node.name.startswith("_"), takes, frozenset(names), frozenset(asks))


def reached(name: str) -> set[str]:
    """What a function comes to, by whatever way; itself too."""
    seen, left = set(), [name]
    while left:
        here = left.pop()
        if here not in seen:
            seen.add(here)
            known = functions().get(here)
            left += known.names if known else []
    return seen


def asked(name: str) -> set[str]:
    """What the account is asked for on the way: capabilities and communities, as they stand in the source."""
    return {ask for one in reached(name) if one in functions() for ask in functions()[one].asks}
