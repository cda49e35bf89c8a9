"""Persons counted into the baseline."""

from datetime import date

from data_access.sheets.ledger import aggregate

DAY = date(2026, 8, 12)


def person(group="adult", community="甲", **values):
    return {"community": community, "person_group": group, "status": "present", "surveyed_at": DAY} | values


def test_only_people_on_the_list_are_counted():
    rows = [
        person(unfit="contraindicated"),
        person(unfit="deferred"),
        person(unfit="none"),
        *(person(status=status, unfit="contraindicated") for status in ("moved_out", "dead", "lost", "duplicate")),
    ]
    (counted,) = aggregate(rows)
    assert (counted["surveyed"], counted["contraindicated"], counted["deferred"], counted["eligible"]) == (3, 1, 1, 2)
    assert counted["to_survey"] is None


def test_communities_groups_and_campaigns_are_apart():
    rows = [person(), person("elderly"), person("elderly"), person(community="乙"), person(campaign="flu")]
    counted = {(r["community"], r["person_group"], r["campaign"]): r["surveyed"] for r in aggregate(rows)}
    assert counted == {
        ("甲", "adult", None): 1,
        ("甲", "elderly", None): 2,
        ("乙", "adult", None): 1,
        ("甲", "adult", "flu"): 1,
    }


def test_opening_doses_are_those_given_by_the_latest_survey():
    rows = [
        person(d1_date=date(2021, 3, 1), d2_date=date(2021, 4, 1), b_date=date(2022, 1, 1)),
        person(d1_date=date(2021, 3, 1), d2_date=date(2021, 4, 1), elsewhere=True),
        person("elderly", d1_date=date(2026, 8, 20), surveyed_at=date(2026, 8, 1)),
    ]
    adult, elderly = aggregate(rows)
    assert (adult["opening_d1"], adult["opening_full"], adult["opening_b"]) == (2, 2, 1)
    assert elderly["opening_d1"] == 0
    assert adult["as_of"] == elderly["as_of"] == DAY


def test_a_group_of_which_nobody_is_left_is_a_counted_zero():
    (counted,) = aggregate([person(status="moved_out")])
    assert (counted["surveyed"], counted["eligible"], counted["opening_d1"]) == (0, 0, 0)


def test_no_persons_make_no_baseline():
    assert aggregate([]) == []
