"""Where the visitor comes from, as far as the connection itself says so."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, ip_address, ip_network
from urllib.parse import urlsplit

import streamlit as st

from config.settings import settings

HERE = "127.0.0.1"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


def address() -> str:
    """The visitor's address: that of the connection, or, where that is a trusted proxy, the one it forwards for."""
    return _address(st.context.ip_address or HERE, st.context.headers.get("X-Forwarded-For") or "")


def _address(peer: str, forwarded: str) -> str:
    """The last address of the chain that no trusted proxy bears: those before it are whatever somebody wrote there."""
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    while chain and _in(peer, settings().trusted_proxies):
        peer = chain.pop()
    return peer[:64]


def _in(peer: str, networks: Iterable[str]) -> bool:
    try:
        known = ip_address(peer)
    except (AddressValueError, ValueError):
        return False
    return any(known in ip_network(network, strict=False) for network in networks)


def local() -> bool:
    """Whether the visitor sits at this machine: a connection from itself, under its own name, forwarded by nobody."""
    headers = st.context.headers
    if st.context.ip_address is not None or settings().trusted_proxies:
        return False
    if any(headers.get(name) for name in _FORWARDED):
        return False
    host = urlsplit(f"//{headers.get('Host') or 'localhost'}").hostname
    return host in ("localhost", "127.0.0.1", "::1")


def secure() -> bool:
    """Whether the browser speaks TLS: then the cookie never goes over a bare line."""
    return (st.context.url or "").startswith("https:")
