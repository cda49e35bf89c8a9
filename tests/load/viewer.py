"""One tab of the board without a browser: Streamlit's own websocket protocol, spoken with its protobufs.

What a browser would do is done here too: it keeps the address that the server sets, remembers which widgets stand on
the page and what was put into them, and says which large messages it has already. It draws nothing.
"""

from __future__ import annotations

import asyncio
import time
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 120.0  # seconds until a run is given up
XSRF = "_streamlit_xsrf"
KEPT = 2  # runs for which a browser keeps a large message that is not asked for
_VALUES = {"selectbox": "string_value", "text_input": "string_value", "text_area": "string_value"}


class RunError(Exception):
    """A run did not come to its end, or the page showed an error."""


@dataclass
class Run:
    """What one click brought: seconds to the first element and to the end, and how much was sent.

    ``scripts`` is the number of runs of the script it took (a page may start itself anew), ``shown`` the elements that
    stand on the page, by kind; ``errors`` what the page showed of exceptions.
    """

    page: str
    seconds: float = 0.0
    first: float | None = None
    messages: int = 0
    size: int = 0
    scripts: int = 0
    shown: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class Viewer:
    """A tab: ``async with Viewer(address, cookies) as viewer``, then ``open``, ``choose`` and ``click``."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None, name: str = "") -> None:
        self.address = address
        self.name = name
        self.cookies = dict(cookies or {})
        self.session = ""
        self.query = ""
        self.page = ""
        self.pages: dict[str, str] = {}  # by their place in the address
        self.widgets: dict[str, tuple[str, str, Any]] = {}  # by key: kind, id, what is known of it
        self._values: dict[str, WidgetState] = {}
        self._held: dict[str, tuple[ForwardMsg, int]] = {}  # large messages, and the run that last needed each
        self._runs = 0
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        if XSRF not in self.cookies:
            self.cookies |= await asyncio.to_thread(_given, self.address)
        to = urlsplit(self.address)
        self._socket = await connect(
            f"{'wss' if to.scheme == 'https' else 'ws'}://{to.netloc}/_stcore/stream",
            subprotocols=["streamlit", self.cookies[XSRF]],  # type: ignore[list-item]  # a token and no protocol
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())},
            origin=self.address,  # type: ignore[arg-type]
            compression=None,
            max_size=None,
            open_timeout=PATIENCE,
        )
        return self

    async def __aexit__(self, *_details: object) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def open(self, page: str, **query: str) -> Run:
        """Follow a link: a page of the board with these parameters. The first call opens the tab."""
        self.query = urlencode(query)
        known = self.pages.get(page, "")
        return await self._run(page, page_script_hash=known, page_name="" if known else page)

    async def again(self) -> Run:
        """A rerun of the page as it is."""
        return await self._run(self.page, page_script_hash=self.pages.get(self.page, ""))

    async def click(self, key: str) -> Run:
        """Press the button with this key."""
        _kind, identity, _known = self._widget(key)
        return await self._changed(WidgetState(id=identity, trigger_value=True))

    async def choose(self, key: str, value: str) -> Run:
        """Say something in a field: type it, choose it from a list, press it in a row of buttons."""
        self.fill(key, value)
        return await self.again()

    def fill(self, key: str, value: str) -> None:
        """As ``choose``, but the page is not told yet: a field of a form."""
        kind, identity, _known = self._widget(key)
        state = WidgetState(id=identity)
        if kind == "button_group":
            state.string_array_value.data.append(value)
        else:
            setattr(state, _VALUES[kind], value)
        self._values[identity] = state

    async def drop(self, key: str, files: Sequence[tuple[str, bytes]]) -> Run:
        """Drop files into the field with this key: places asked for, bytes sent, the page told."""
        _kind, identity, _known = self._widget(key)
        state = self._values.get(identity) or WidgetState(id=identity)
        state.file_uploader_state_value.SetInParent()
        for place, (name, content) in zip(await self._places([n for n, _ in files]), files, strict=True):
            await asyncio.to_thread(self._put, place, name, content)
            info = UploadedFileInfo(name=name, size=len(content), file_id=place.file_id, file_urls=place)
            state.file_uploader_state_value.uploaded_file_info.append(info)
        self._values[identity] = state
        return await self.again()

    def submits(self) -> str:
        """The key of the button that sends the form of the page."""
        return next(
            key for key, (kind, _id, known) in self.widgets.items() if kind == "button" and known.is_form_submitter
        )

    # The wire ----------------------------------------------------------------------------------------------------

    def _widget(self, key: str) -> tuple[str, str, Any]:
        if key not in self.widgets:
            raise RunError(f"no widget {key} on {self.page}; there are {sorted(self.widgets)}")
        return self.widgets[key]

    async def _changed(self, state: WidgetState) -> Run:
        return await self._run(self.page, trigger=state, page_script_hash=self.pages.get(self.page, ""))

    async def _places(self, names: Sequence[str]) -> list[FileURLs]:
        wanted = BackMsg()
        wanted.file_urls_request.request_id = uuid.uuid4().hex
        wanted.file_urls_request.session_id = self.session
        wanted.file_urls_request.file_names.extend(names)
        await self._send(wanted)
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await self._receive(Run(self.page))
                if message.WhichOneof("type") == "file_urls_response":
                    return list(message.file_urls_response.file_urls)

    def _put(self, place: FileURLs, name: str, content: bytes) -> None:
        answer = requests.put(
            f"{self.address}{place.upload_url}",
            files={"file": (name, content)},
            headers={"X-Xsrftoken": self.cookies[XSRF]},
            cookies=self.cookies,
            timeout=PATIENCE,
        )
        if answer.status_code >= 300:
            raise RunError(f"upload of {name}: {answer.status_code}")

    async def _run(self, page: str, *, trigger: WidgetState | None = None, **asked: str) -> Run:
        """Ask for a run and follow it to its end, through whatever other runs it begins."""
        self._runs += 1
        self._held = {name: held for name, held in self._held.items() if held[1] >= self._runs - KEPT}
        url = f"{self.address}/{page}" + (f"?{self.query}" if self.query else "")
        state = ClientState(query_string=self.query, cached_message_hashes=self._held, **asked)
        state.context_info.CopyFrom(
            ContextInfo(timezone="Asia/Shanghai", timezone_offset=-480, locale="zh-CN", url=url, color_scheme="light")
        )
        standing = {identity for _kind, identity, _known in self.widgets.values()}
        told = [value for identity, value in self._values.items() if identity in standing]
        state.widget_states.widgets.extend([*told, *([trigger] if trigger else [])])
        wanted = BackMsg()
        wanted.rerun_script.CopyFrom(state)
        run, began = Run(page), time.perf_counter()
        await self._send(wanted)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    message = await self._receive(run)
                    run.seconds = time.perf_counter() - began
                    kind = message.WhichOneof("type")
                    if kind == "delta" and run.first is None:
                        run.first = run.seconds
                    if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        break
        except TimeoutError:
            raise RunError(f"{page}: no end after {PATIENCE:.0f} s") from None
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            run.errors.append("compile error")
        return run

    async def _send(self, message: BackMsg) -> None:
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _receive(self, run: Run) -> ForwardMsg:
        assert self._socket is not None
        data = await self._socket.recv()
        message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
        run.messages, run.size = run.messages + 1, run.size + len(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._held[message.ref_hash][0]
            kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash:
            self._held[message.hash] = (message, self._runs)
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
            run.scripts += 1
            if not message.metadata.run.fragment_ids:
                self.widgets, run.shown, run.errors = {}, {}, []
        elif kind == "navigation":
            self.pages = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
            here = {given: place for place, given in self.pages.items()}
            self.page = run.page = here.get(message.navigation.page_script_hash, self.page)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._drawn(message, run)
        return message

    def _drawn(self, message: ForwardMsg, run: Run) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        run.shown[kind] = run.shown.get(kind, 0) + 1
        drawn = getattr(element, kind)
        if kind == "exception":
            run.errors.append(f"{drawn.type}: {drawn.message}")
        identity = getattr(drawn, "id", "")
        if identity:
            self.widgets[identity.split("-", maxsplit=2)[-1]] = (kind, identity, drawn)


def _given(address: str) -> dict[str, str]:
    """The cookies that every browser is given: the token against forged requests, behind a proxy its route."""
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE) as answer:
        cookies = answer.headers.get_all("Set-Cookie") or []
    named = (one.split(";")[0].partition("=") for one in cookies)
    return {XSRF: ""} | {name: value for name, _is, value in named}
