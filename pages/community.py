"""Community 社区: everything about one community."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charts import bars, bullets, columns, heat, lines, theme
from config.catalogue import indicator, workstream
from config.language import N_, _, pick
from config.settings import settings
from data_access import sheets
from data_access.accounts import AccountError, Capability
from data_access.metrics import half_up, needed
from data_access.reports import coverage, directory, dispatch, history, profile, standing
from data_access.reports.view import View
from data_access.submissions import SubmissionError
from pages.parts import cache, empty, figures, filters, guard, style, tables
from pages.parts.dispatch import settle
from pages.parts.frame import session

STATUS = {
    "new": N_("To assign"),
    "fixing": N_("Being fixed"),
    "recheck": N_("To re-check"),
    "relapsed": N_("Relapsed"),
}
HEIGHT = 410  # of the charts beside the groups, in pixels
ROOM = 20  # days drawn after the projected end, so that its name does not meet that of the target
CALENDAR_STATES = {"supplied": "back_filed"}


def head(view: View) -> None:
    """Area, people, liaison (masked) beside the title."""
    card = cache.cached(profile.card)(view) if not view.actor.may(Capability.READ_PEOPLE) else profile.card(view)
    if card is None:
        return
    parts = [card.area] if card.area else []
    if card.households is not None:
        parts.append(_("{n} households", n=figures.count(card.households)))
    if card.population is not None:
        parts.append(_("{n} people", n=figures.count(card.population)))
    if card.liaison:
        parts.append(_("liaison {name} {phone}", name=card.liaison, phone=card.phone))
    st.caption(" · ".join(tables.plain(part) for part in parts))


def draw_tiles(view: View) -> None:
    """The six key numbers."""
    found = cache.cached(profile.tiles)(view)
    campaign = directory.campaign(view)
    rate = figures.percent(found.get("coverage_n"), found.get("coverage_d"), 2)
    done = figures.percent(found.get("completion_n"), found.get("completion_d"))
    timely = figures.percent(found.get("on_time_n"), found.get("on_time_d"))
    behind = found.get("differences", 0)
    figures.tiles(
        [
            figures.Tile(_("Coverage"), rate, note=rank_note(found), help=standing.definition(campaign)),
            figures.Tile(
                _("Roster completion"),
                done,
                note=completion_note(found),
                help=pick(*dispatch.DEFINITIONS["completion"]),
            ),
            figures.Tile(
                _("To the target of {n}%", n=f"{found['target']:g}"),
                figures.count(found["left"] if pd.isna(found["left"]) else max(found["left"], 0)),
                _("people"),
                pace_note(found),
                help=_("Target × base, rounded up, less people vaccinated; pace of the last seven days"),
            ),
            figures.Tile(
                _("On-time rate"),
                timely,
                note=_(
                    "{fraction} sheets since {day}",
                    fraction=figures.fraction(found.get("on_time_n"), found.get("on_time_d")),
                    day=figures.short_day(found["since"]),
                ),
                help=_("Daily sheets received in time ÷ sheets due"),
            ),
            figures.Tile(
                _("Open differences"),
                figures.count(behind),
                _("found"),
                _("largest: {what} {n}", what=found["largest"], n=figures.signed(found["amount"])) if behind else "",
                "act" if behind else "",
                help=_("Identities between morning, roster and evening that do not hold and are not explained"),
            ),
            figures.Tile(
                _("Open action items"),
                figures.count(found["open"]),
                _("items"),
                _("overdue {n}, due within 3 days {m}", n=found["overdue"], m=found["soon"]),
                "red" if found["overdue"] else "",
                help=_("Matters found by this day and not closed"),
            ),
        ],
        key="profile",
    )


def rank_note(found: pd.Series) -> str:
    """Counts and rank, or why there is none."""
    if found.get("coverage_state") == "unreported":
        if pd.isna(found.get("last_n")):
            return _("⊘ not reported")
        last = figures.rate_text(found["last_n"], found["last_d"])
        return _("⊘ not reported; {day}: {rate}", day=figures.short_day(found["last_day"]), rate=last)
    fraction = figures.fraction(found.get("coverage_n"), found.get("coverage_d"))
    if pd.isna(found.get("rank")):
        return _("{fraction}, not ranked", fraction=fraction)
    places = 0 if pd.isna(found["places"]) else int(found["places"])
    moved = f" ▲{places}" if places > 0 else f" ▼{-places}" if places < 0 else ""
    return _("{fraction} · rank {n}/{m}", fraction=fraction, n=found["rank"], m=found["field"]) + moved


def completion_note(found: pd.Series) -> str:
    """The day's counts and those of the last day before it."""
    today = figures.fraction(found.get("completion_n"), found.get("completion_d"))
    if found.get("before_day") is None:
        return today
    before = figures.fraction(found["before_n"], found["before_d"])
    return _("{today}; {day}: {before}", today=today, day=figures.short_day(found["before_day"]), before=before)


def pace_note(found: pd.Series) -> str:
    """Pace and the day on which the target would be reached."""
    if found["forecast"] == "reached":
        return _("reached")
    if found["forecast"] != "days":
        return _("cannot be predicted") if found["forecast"] == "unpredictable" else figures.MISSING
    pace = half_up(Fraction(int(found["pace_n"]), int(found["pace_d"])), 1)
    return _("{n} a day, about {day}", n=pace, day=figures.short_day(found["finish"]))


def draw_trend(view: View) -> None:
    """Coverage day by day with target and projection."""
    campaign = directory.campaign(view)
    past = cache.cached(coverage.history)(view)
    goal = standing.target(campaign)
    week = cache.cached(profile.week)(view)
    still = set(week.loc[week["open"], "day"])
    people = past["coverage_d"].dropna()
    note = (
        _("{n} people; dashed: projection at the pace of seven days", n=figures.count(people.iloc[-1]))
        if len(people)
        else ""
    )
    st.markdown(f"**{_('Coverage over time')}** :small[{note}]")
    if past["coverage_n"].notna().sum() == 0:
        st.caption(_("No evening tally in the last 30 days."))
        return
    rows = past.assign(
        value=pd.Series([share(n, d) for n, d in pairs(past, "coverage")], dtype="float64"),
        rate=[figures.percent(n, d, 2) for n, d in pairs(past, "coverage")],
        fraction=[figures.fraction(n, d) for n, d in pairs(past, "coverage")],
        open=[day in still for day in past["day"]],
    ).astype({"value": "float64"})
    known = rows[rows["value"].notna()]
    rows = rows[rows["day"] >= known["day"].min()]
    words = _("Target {n}%", n=f"{goal:g}")
    if len(people):
        words = _(
            "Target {n}% ({people} people)", n=f"{goal:g}", people=figures.count(needed(int(people.iloc[-1]), goal))
        )
    changed = past["as_of"].dropna().unique()
    ahead = projection(view, known, goal)
    until = None if ahead is None else ahead["day"].iloc[-1] + timedelta(days=ROOM)
    drawn = lines.coverage(rows, goal, words, ahead, until, dark=style.dark())
    st.altair_chart(drawn.properties(height=HEIGHT), theme=None, key="profile_trend")
    if len(changed) > 1:
        st.caption(_("The base changed on {day}; earlier days keep their own.", day=figures.short_day(changed[-1])))


def projection(view: View, known: pd.DataFrame, goal: float) -> pd.DataFrame | None:
    """From the last known day to the day the target would be reached; None where nothing can be foretold."""
    ahead = cache.cached(coverage.forecast)(view).iloc[0]
    if ahead["state"] != "days" or (ahead["finish"] - view.day).days > 60:
        return None
    start = known.iloc[-1]
    return pd.DataFrame(
        {
            "day": [start["day"], ahead["finish"]],
            "value": [start["value"], goal],
            "label": [None, _("about {day}", day=figures.short_day(ahead["finish"]))],
        }
    )


def pairs(frame: pd.DataFrame, rate: str) -> list[tuple[Any, Any]]:
    """Numerators and denominators of a rate."""
    return list(zip(frame[f"{rate}_n"], frame[f"{rate}_d"], strict=True))


def draw_week(view: View) -> None:
    """The last seven days' rosters."""
    frame = cache.cached(profile.week)(view)
    low = f"{settings().thresholds.completion_low:g}"
    signs = _("teal on the roster, grey walk-ins, line roster, ▼ below {n}%", n=low)
    st.markdown(f"**{_('Rosters of the last 7 days')}** :small[{signs}]")
    rows = frame.assign(
        label=[f"{day.month}/{day.day}" for day in frame["day"]],
        rate=[
            _("rest day") if rest else figures.percent(n, d)
            for rest, (n, d) in zip(frame["rest"], pairs(frame, "completion"), strict=True)
        ],
    )
    drawn = columns.week(rows, dark=style.dark()).properties(height=HEIGHT - 20)
    st.altair_chart(drawn, theme=None, key="profile_week")


def draw_base(view: View) -> None:
    """The base in people and coverage by group."""
    campaign = directory.campaign(view)
    goal = standing.target(campaign)
    found = cache.cached(profile.base)(view).set_index("figure")["n"]
    title = f"**{_('Base and groups')}** :small[{_('line: target {n}%', n=f'{goal:g}')}]"
    st.markdown(
        title, help=_("Groups count people vaccinated on rosters and what the base states; walk-ins are on no roster")
    )
    unfit = _("Eligible (−{n} contraindicated)", n=figures.count(found["contraindicated"]))
    labels = {
        "surveyed": _("Surveyed"),
        "eligible": unfit,
        "vaccinated": _("With {dose}", dose=campaign.dose(campaign.headline).label),
    }
    rows = [{"label": words, "n": found[name], "done": name == "vaccinated"} for name, words in labels.items()]
    people = pd.DataFrame(rows).astype({"n": "Int64"})
    st.altair_chart(bars.base(people, dark=style.dark()), theme=None, key="profile_base")
    groups = cache.cached(coverage.groups)(view)
    if groups.empty:
        st.caption(_("The base gives no groups."))
        return
    drawn = groups.assign(
        fraction=[figures.fraction(n, d) for n, d in pairs(groups, "coverage")],
        rate=[figures.percent(n, d) for n, d in pairs(groups, "coverage")],
        value=pd.Series([share(n, d) for n, d in pairs(groups, "coverage")], dtype="float64"),
    ).astype({"value": "float64"})
    st.altair_chart(bars.groups(drawn, goal, dark=style.dark()), theme=None, key="profile_groups")


def share(n: Any, d: Any) -> float | None:
    """Percent for the length of a bar; None where there is none."""
    return None if pd.isna(n) or pd.isna(d) or d == 0 else float(100 * n / d)


def shorten(name: str, fraction: str, most: int = 13) -> str:
    """An indicator's name, cut where it would leave no room for the bar, and its counts."""
    return f"{name if len(name) <= most else name[: most - 1] + '…'} {fraction}".rstrip()


def draw_pace(view: View) -> None:
    """Workstreams against elapsed time, the worst indicator of each."""
    frame = cache.cached(profile.pace)(view)
    st.markdown(
        f"**{_('Workstreams against elapsed time')}** :small[{_('the worst indicator of each; line: elapsed time')}]"
    )
    rows = []
    for row in frame.to_dict("records"):
        worst = row["worst"] if isinstance(row["worst"], str) else None
        done = "" if pd.isna(row["done_d"]) else figures.fraction(row["done_n"], row["done_d"])
        gap = None if row["gap"] is None or pd.isna(row["gap"]) else row["gap"]
        rows.append(
            {
                "label": workstream(row["workstream"]).label,
                "detail": shorten(indicator(worst).label, done) if worst else _("not reported"),
                "done": share(row["completion_n"], row["completion_d"]),
                "elapsed": share(row["asked_n"], row["asked_d"]),
                "gap": None if gap is None else float(gap),
                "gap_text": figures.points(gap),
                "alert": row["state"] in ("behind", "zero_occurred"),
            }
        )
    made = pd.DataFrame(rows).astype({"done": "float64", "elapsed": "float64", "gap": "float64"})
    st.altair_chart(bullets.pace(made, dark=style.dark()), theme=None, key="profile_pace")
    filters.link("workstreams", _("Open workstreams"), view)


def draw_calendar(view: View) -> None:
    """Which sheets came when."""
    frame = cache.cached(profile.calendar)(view)
    st.markdown(f"**{_('Reporting calendar')}** :small[{_('three daily sheets')}]")
    rows = frame.assign(
        sheet=[sheets.kind(kind).label for kind in frame["kind"]],
        label=[f"{day.month}/{day.day}" for day in frame["day"]],
        state=frame["state"].replace(CALENDAR_STATES),
    )
    st.altair_chart(heat.calendar(rows, dark=style.dark()), theme=None, key="profile_calendar")
    met = [theme.STATES[state] for state in dict.fromkeys(rows["state"].dropna())]
    st.caption("\u2003".join(f"{state.sign} {state.label}" for state in met))


def draw_causes(view: View) -> None:
    """Where those not vaccinated went."""
    frame = cache.cached(profile.causes)(view)
    st.markdown(f"**{_('Not vaccinated, last 7 days')}** :small[{_('people on the rosters')}]")
    if frame.empty:
        st.caption(_("Everybody on the rosters was vaccinated, or no tally is complete."))
        return
    rows = frame.assign(
        label=[_(dispatch.CAUSES[cause]) for cause in frame["cause"]],
        alert=[cause in dispatch.TO_ACT_ON for cause in frame["cause"]],
    )
    st.altair_chart(bars.reasons(rows, dark=style.dark()), theme=None, key="profile_causes")


def draw_actions(view: View) -> None:
    """What is not closed yet."""
    frame = profile.open_actions(view)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('Open items')}** :small[{_('{n} items', n=len(frame))}]", width="content")
        st.space("stretch")
        filters.link("actions", _("Action items"), view)
    if frame.empty:
        st.caption(_("Nothing is open."))
        return
    rows = []
    for row in frame.head(5).to_dict("records"):
        late = not pd.isna(row["overdue_days"]) and row["overdue_days"] > 0
        days = (
            tables.state("overdue", _("overdue {n} days", n=row["overdue_days"]))
            if late
            else tables.pill(_(STATUS[row["status"]]))
        )
        due = row["original_due"] if late and not pd.isna(row["original_due"]) else row["due"]
        about = row["about"] if pd.isna(row["issue"]) else row["issue"]
        rows.append((days, about, figures.short_day(None if pd.isna(due) else due)))
    tables.draw((_("State"), _("Matter"), _("Due")), rows)


def draw_sent(view: View) -> None:
    """The latest sheets; one picked shows what it held."""
    st.markdown(f"**{_('Latest sheets')}** :small[{_('pick one to see what it held')}]")
    frame = profile.sent(view)
    if frame.empty:
        st.caption(_("Nothing was sent yet."))
        return
    states = {"in_force": "", "superseded": _("superseded"), "withdrawn": _("withdrawn")}
    shown = frame.assign(
        time=[figures.instant(moment) for moment in frame["received"]],
        sheet=[
            f"{sheets.kind(kind).label} v{revision}"
            for kind, revision in zip(frame["kind"], frame["revision"], strict=True)
        ],
        covers=[
            figures.short_day(day) if day is not None and not pd.isna(day) else str(period or "")
            for day, period in zip(frame["business_date"], frame["period"], strict=True)
        ],
        content=[
            " ".join(part for part in (_("{n} rows", n=rows), states[state]) if part)
            for rows, state in zip(frame["rows"], frame["state"], strict=True)
        ],
    )
    heads = {"time": _("Received"), "sheet": _("Sheet"), "covers": _("For"), "content": _("Content")}
    picked = tables.pick(shown, "submission", key="profile_sent", columns=heads, height=6 * tables.ROW)
    if picked is not None:
        show_sheet(int(picked))


def card(name: str, column: DeltaGenerator, *sections: Callable[[View], None]) -> None:
    """One card in its column, as high as its neighbours."""
    with column, st.container(border=True, height="stretch", key=f"card_profile_{name}"):
        for section in sections:
            section(view)


@st.dialog(_("What the sheet held"), width="large")
def show_sheet(submission: int) -> None:
    """The rows of a submission as they may be shown, personal values masked."""
    try:
        frame = history.detail(session.renew(), submission)
    except (AccountError, SubmissionError) as problem:
        empty.refused(str(problem))
        return
    st.dataframe(frame, hide_index=True)


actor = guard.enter("community")
view = filters.bar(actor, "community", areas=False, community=True)
empty.need_register(view)

head(view)
draw_tiles(view)
if view.community is not None:
    settle.listing(view, view.community)
with st.container(key="pairs_community"):
    top = st.columns([4, 3, 3], gap="small")
    below = st.columns([3, 3.4, 3.2], gap="small")
card("trend", top[0], draw_trend)
card("week", top[1], draw_week)
card("base", top[2], draw_base)
card("pace", below[0], draw_pace)
card("calendar", below[1], draw_calendar, draw_causes)
card("open", below[2], draw_actions, draw_sent)
