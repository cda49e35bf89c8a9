"""The remote control of the wall: arrow keys, arrows on the screen, when it was last updated, a lost connection.

One component of Streamlit's own (st.components.v2). Whatever it does with the keys it only says "go to this section";
the section stands in the address, and the page is drawn from there. That the connection is lost nobody but the browser
can tell: it listens for the beat that each look at the data sends, and asks the server's health where none comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from charts.theme import Palette
from config import clock
from config.language import _

SILENT = 30  # seconds without a beat after which the session is taken for lost, even if the server answers

_HTML = """
<div class="walk" role="toolbar">
  <span class="updated" role="status"></span>
  <button class="back" type="button">‹</button><span class="stops"></span><button class="on" type="button">›</button>
</div>
<div class="lost" role="alert" hidden></div>
"""

_CSS = """
:host, .walk { font-family: "Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif; }
.walk { display: flex; align-items: center; gap: 6px; height: 40px; font-size: 16px; color: var(--ink2);
  white-space: nowrap; font-variant-numeric: tabular-nums; }
.updated { margin-right: 12px; }
button { font: inherit; color: var(--pri); background: none; border: 1px solid var(--rule); border-radius: 8px;
  min-width: 40px; height: 36px; cursor: pointer; }
.back, .on { font-size: 26px; line-height: 1; padding: 0 0 4px; }
button:disabled { color: var(--rule); border-color: var(--line); cursor: default; }
.stops { display: flex; gap: 4px; }
.stops button { border-color: transparent; color: var(--ink2); padding: 0 6px; min-width: 32px; }
.stops button[aria-current] { background: var(--pri); color: var(--surface); font-weight: 700; }
.lost { position: fixed; left: 0; right: 0; top: 0; z-index: 1000000; padding: 12px 24px; text-align: center;
  font-size: 28px; font-weight: 700; background: var(--red_solid); color: var(--red_on); }
"""

_JS = """
const STEP = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.rest?.();
  const part = (name) => parentElement.querySelector(name);
  const host = part(".walk").parentElement ?? parentElement.host;
  for (const [name, colour] of Object.entries(data.colours))
    for (const drawn of [part(".walk"), part(".lost")]) drawn.style.setProperty("--" + name, colour);
  const beat = Date.now();
  let at = data.at;

  const go = (target) => {
    target = Math.max(0, Math.min(data.stops.length - 1, target));
    if (target === at) return;
    at = target;
    mark();
    setTriggerValue("go", at);
  };
  const mark = () => {
    [...part(".stops").children].forEach((stop, n) =>
      n === at ? stop.setAttribute("aria-current", "true") : stop.removeAttribute("aria-current"));
    part(".back").disabled = at === 0;
    part(".on").disabled = at === data.stops.length - 1;
  };
  const stop = (label, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = n || "⊞";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.onclick = () => go(n);
    return button;
  };
  const lose = (lost) => {
    if (part(".lost").hidden === lost) part(".lost").hidden = !lost;
  };
  const check = async () => {
    let well = false;
    try {
      well = (await fetch(data.health, { cache: "no-store", signal: AbortSignal.timeout(3000) })).ok;
    } catch { /* what cannot be reached is lost */ }
    if (parentElement.beat !== beat) return;
    const silent = (Date.now() - beat) / 1000;
    lose(!well || silent > data.silent);
    if (well && silent > 2 * data.silent) location.reload();
  };
  const press = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("input, textarea")) return;
    if (event.key in STEP) go(at + STEP[event.key]);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(data.stops.length - 1);
    else if (event.key === "Escape") setTriggerValue("leave", true);
    else return;
    event.preventDefault();
  };

  parentElement.beat = beat;
  lose(false);
  part(".updated").textContent = data.updated;
  part(".lost").textContent = data.lost;
  part(".back").title = data.back;
  part(".on").title = data.on;
  part(".stops").replaceChildren(...data.stops.map(stop));
  part(".back").onclick = () => go(at - 1);
  part(".on").onclick = () => go(at + 1);
  mark();
  window.addEventListener("keydown", press);
  const timer = setInterval(check, 4000);
  parentElement.rest = () => {
    window.removeEventListener("keydown", press);
    clearInterval(timer);
  };
  return () => parentElement.rest();
}
"""

_mount = st.components.v2.component("street_walk", html=_HTML, css=_CSS, js=_JS)


def show(stops: Sequence[str], at: int, colours: Palette, go: Callable[[int], None], leave: Callable[[], None]) -> None:
    """Draw the remote: ``stops`` by name, the one that is shown, and what to do when another one is asked for."""

    def went() -> None:
        asked = st.session_state["walk"].go
        if isinstance(asked, int) and 0 <= asked < len(stops):
            go(asked)

    moment = f"{clock.local(clock.now()):%H:%M:%S}"
    data: dict[str, Any] = {
        "stops": list(stops),
        "at": at,
        "beat": time.monotonic_ns(),  # also where the clock is held for training, each beat differs
        "updated": _("Updated {time}", time=moment),
        "lost": _("Connection lost: these are the figures of {time}", time=moment),
        "back": _("Back (←)"),
        "on": _("On (→)"),
        "health": "_stcore/health",
        "silent": SILENT,
        "colours": {name: value for name, value in vars(colours).items() if isinstance(value, str)},
    }
    _mount(key="walk", data=data, on_go_change=went, on_leave_change=leave, width=512, height=40)
