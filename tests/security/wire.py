"""A visitor without a browser: Streamlit's websocket and HTTP, so that it can say whatever a browser would not."""

from __future__ import annotations

import socket
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from data_access import privacy
from data_access.access import visits
from data_access.accounts import Actor

PATIENCE = 20.0
XSRF = "_streamlit_xsrf"
COOKIE = "street_board"


def carried(token: str, key: str | None = None, days: float = 1, **header: Any) -> str:
    """A cookie as the board writes it; ``key`` None: with the board's own key."""
    content = {"username": token, "exp_date": time.time() + days * 86400}
    return jwt.encode(content, key if key is not None else privacy.keys().cookie, **{"algorithm": "HS256", **header})


def signed_in(actor: Actor) -> dict[str, str]:
    """The cookies of somebody who has just signed in."""
    return {COOKIE: carried(visits.begin(actor))}


@dataclass
class Page:
    """What one run brought: every message, and whether it ended by itself."""

    messages: list[ForwardMsg] = field(default_factory=list)
    raw: bytes = b""

    def says(self, text: str) -> bool:
        """Whether the text stands anywhere in it, tables included."""
        return text.encode() in self.raw

    @property
    def elements(self) -> list[Any]:
        return [one.delta.new_element for one in self.messages if one.WhichOneof("type") == "delta"]

    def of(self, kind: str) -> list[Any]:
        return [getattr(one, kind) for one in self.elements if one.WhichOneof("type") == kind]

    def widget(self, key: str) -> Any:
        """The widget with this key."""
        for one in self.elements:
            drawn = getattr(one, one.WhichOneof("type") or "empty")
            if str(getattr(drawn, "id", "")).endswith(f"-{key}"):
                return drawn
        raise LookupError(key)

    @property
    def login_only(self) -> bool:
        """Nothing but the sign-in: its two fields, and neither a heading nor a table nor a picture."""
        fields = [one.label for one in self.of("text_input")]
        drawn = {one.WhichOneof("type") for one in self.elements}
        shown = {"heading", "arrow_data_frame", "arrow_vega_lite_chart", "metric", "exception", "download_button"}
        return fields == ["账号", "密码"] and not drawn & shown


class Wire:
    """``with Wire(address, cookies) as wire``; then ``open`` a page and ``send`` what one likes."""

    def __init__(
        self,
        address: str,
        cookies: dict[str, str] | None = None,
        origin: str | None = "",
        host: str | None = None,
        **headers: str,
    ) -> None:
        self.address, self.cookies = address, dict(cookies or {})
        self.origin = address if origin == "" else origin
        self.host, self.headers = host, headers
        self.session = self.query = self.page = ""
        self.hashes: dict[str, str] = {}
        self.open_until = ExitStack()

    def __enter__(self) -> Self:
        self.cookies.setdefault(XSRF, xsrf(self.address))
        netloc = urlsplit(self.address).netloc
        headers = {**self.headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.origin is not None:
            headers["Origin"] = self.origin
        place = f"ws://{self.host or netloc}/_stcore/stream"
        name, port = netloc.split(":")
        connecting = connect(
            place,
            sock=socket.create_connection((name, int(port)), PATIENCE),
            additional_headers=headers,
            subprotocols=["streamlit", self.cookies[XSRF]],  # type: ignore[list-item]  # a token and no protocol
            compression=None,
            max_size=None,
            open_timeout=PATIENCE,
        )
        self.socket: ClientConnection = self.open_until.enter_context(connecting)
        return self

    def __exit__(self, *_details: object) -> None:
        self.open_until.close()

    def open(self, page: str, query: str | dict[str, Any] = "", *states: WidgetState, **more: Any) -> Page:
        """Run a page with a query, as it stands in the address, and these states of widgets."""
        self.page = page
        self.query = query if isinstance(query, str) else urlencode(query, doseq=True)
        return self.again(*states, page_name="" if page in self.hashes else page, **more)

    def again(self, *states: WidgetState, **more: Any) -> Page:
        message = BackMsg()
        told = message.rerun_script
        told.query_string = self.query
        told.page_script_hash = more.get("page_script_hash", self.hashes.get(self.page, ""))
        told.page_name = more.get("page_name", "")
        told.fragment_id = more.get("fragment_id", "")
        told.context_info.url = f"{self.address}/{self.page}"
        told.widget_states.widgets.extend(states)
        return self.say(message)

    def say(self, message: BackMsg) -> Page:
        """Send a message and follow the run that it begins to its end."""
        self.socket.send(message.SerializeToString())
        page = Page()
        while True:
            received = self.receive()
            page.messages.append(received)
            page.raw += received.SerializeToString()
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.session = received.new_session.initialize.session_id or self.session
                page.messages.clear()
                page.raw = b""
            elif kind == "navigation":
                self.hashes = {one.url_pathname: one.page_script_hash for one in received.navigation.app_pages}
                here = {given: place for place, given in self.hashes.items()}
                self.page = here.get(received.navigation.page_script_hash, self.page)
            elif kind == "page_info_changed":
                self.query = received.page_info_changed.query_string
            elif kind == "script_finished" and received.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return page

    def receive(self) -> ForwardMsg:
        data = self.socket.recv(PATIENCE)
        assert isinstance(data, bytes)
        return ForwardMsg.FromString(data)

    def fetch(self, deferred: str) -> tuple[str, str]:
        """Ask for a download that is made on request: its address, and what was said if there is none."""
        message = BackMsg()
        message.backend_operation_request.request_id = uuid.uuid4().hex
        message.backend_operation_request.session_id = self.session
        message.backend_operation_request.deferred_file.file_id = deferred
        self.socket.send(message.SerializeToString())
        while True:
            received = self.receive()
            if received.WhichOneof("type") == "backend_operation_response":
                answer = received.backend_operation_response
                return answer.deferred_file.url, answer.error_msg


def pressed(identity: str) -> WidgetState:
    return WidgetState(id=identity, trigger_value=True)


def chosen(identity: str, text: str) -> WidgetState:
    return WidgetState(id=identity, string_value=text)


def xsrf(address: str) -> str:
    answer = requests.get(f"{address}/_stcore/health", timeout=PATIENCE)
    return answer.cookies.get(XSRF, "")
