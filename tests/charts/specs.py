"""Looking into a finished specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every single layer, however deep."""
    for layer in spec.get("layer", []):
        if "layer" in layer:
            yield from layers(layer)
        else:
            yield layer


def marks(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in layers(spec) if layer["mark"]["type"] == kind]


def rows(spec: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows a layer draws from, before its own transforms."""
    name = layer.get("data", spec.get("data", {}))["name"]
    return list(spec["datasets"][name])


def words(spec: dict[str, Any]) -> list[Any]:
    """The text of every row of every text layer, before the layer's own transforms."""
    found: list[Any] = []
    for layer in marks(spec, "text"):
        text = layer["encoding"]["text"]
        found += [text["value"]] if "value" in text else [row[text["field"]] for row in rows(spec, layer)]
    return found


def printed(spec: dict[str, Any]) -> list[str]:
    """Every text the chart prints."""
    return [word for word in words(spec) if word]


def everything(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at every depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from everything(value)
    elif isinstance(node, list):
        for value in node:
            yield from everything(value)
