"""What a part of a page sent, to be sent again as it is: nothing is drawn, copied or hashed anew.

Of Streamlit's private names this takes where the next element would stand and the way that messages go;
``tests/pages/test_recording.py`` fails where another version has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st
from streamlit.cursor import RunningCursor
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

_PARTS = (st._main, st._event)
_FILES = {"imgs", "audio", "video", "download_button"}


@dataclass(frozen=True, slots=True)
class Recording:
    """The messages, and by how many elements the page went on, in the block that is open and among its style sheets."""

    messages: tuple[ForwardMsg, ...]
    steps: tuple[int, ...]


def place() -> Hashable | None:
    """Where on which page the next element would stand: only there a recording fits. None: it cannot be known."""
    context, cursors = get_script_run_ctx(), _cursors()
    if context is None or len(cursors) < len(_PARTS):
        return None
    state = ThreadState.get()
    return (state.active_script_hash, state.fragment_id, *(tuple(cursor.delta_path) for cursor in cursors))


def record(draw: Callable[[], None]) -> Recording | None:
    """Draw, and keep what was sent; None where it cannot be sent again. Only where there is a ``place``."""
    context, cursors = get_script_run_ctx(), _cursors()
    assert context is not None
    sent: list[ForwardMsg] = []
    before, passing = [cursor.index for cursor in cursors], context.enqueue

    def keep(message: ForwardMsg) -> None:
        sent.append(message)
        passing(message)

    setattr(context, "enqueue", keep)  # noqa: B010
    try:
        draw()
    finally:
        setattr(context, "enqueue", passing)  # noqa: B010
    if any(_alone(message.delta.new_element) for message in sent):
        return None
    return Recording(tuple(sent), tuple(cursor.index - start for cursor, start in zip(cursors, before, strict=True)))


def play(recording: Recording) -> None:
    """Send it again, at the ``place`` where it was recorded."""
    context = get_script_run_ctx()
    assert context is not None
    for message in recording.messages:
        context.enqueue(message)
    for cursor, steps in zip(_cursors(), recording.steps, strict=True):
        for _step in range(steps):
            cursor._advance()


def once(key: Hashable, draw: Callable[[], None]) -> None:
    """Draw what is the same for everybody and for ever; at each place the first time only, then it is sent again."""
    found = (key, place())
    held = _for_ever.get(found)
    if held is not None:
        play(held)
    elif found[1] is None:
        draw()
    elif (made := record(draw)) is not None:
        _for_ever[found] = made


_for_ever: dict[Hashable, Recording] = {}


def _alone(element: Element) -> bool:
    """Whether what it shows is fetched from what the board keeps for one visitor only."""
    return element.WhichOneof("type") in _FILES or element.dataframe.HasField("lazy_data")


def _cursors() -> list[RunningCursor]:
    """Of the block that is open, and of the place for style sheets, which stand outside of it."""
    found = [part._active_dg._cursor for part in _PARTS]
    return [cursor for cursor in found if isinstance(cursor, RunningCursor)]
