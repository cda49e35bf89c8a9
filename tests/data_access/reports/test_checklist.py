"""资料清单: what is there of what is needed, and what it scores."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from data_access.__main__ import main
from data_access.accounts import NotAllowedError, OtherCommunityError, Role
from data_access.office import attachments
from data_access.reports import checklist, directory
from tests.data_access import papers
from tests.data_access.street import Board
from tests.pages.conftest import account

HERE = "清河社区"
FIELDS = {"place": "活动室", "attendees": 30, "theme": "慢病"}


@pytest.fixture
def board(office):
    made = Board()
    made.communities([HERE, "和平社区"])
    return made


def item(board, code):
    return checklist.items(board.view(), HERE).set_index("item").loc[code]


def meeting(number, **kinds):
    return {"item_code": "1.4", "event_no": number, "event_date": date(2022, number, 5), "review": "approved", **kinds}


def test_three_kinds_in_four_meetings(board):
    whole = {"photos": 2, "minutes": 1, "sign_in": 1}
    board.evidence(HERE, "2022", meeting(1, **whole), meeting(2, **whole), meeting(3, photos=1, minutes=1))
    found = item(board, "1.4")
    assert (found["got"], found["need"], found["passed"]) == (2, 4, False)
    assert (found["pieces_n"], found["pieces_d"]) == (8, 12)
    assert found["state"] == "incomplete"
    assert "签到 2/4" in found["kinds"]


def test_six_of_four_pass_as_four_and_are_shown_as_six(board):
    whole = {"photos": 1, "minutes": 1, "sign_in": 1}
    board.evidence(HERE, "2022", *(meeting(number, **whole) for number in range(1, 7)))
    found = item(board, "1.4")
    assert (found["got"], found["need"], found["passed"]) == (6, 4, True)


def test_only_approved_evidence_counts_officially_and_returned_evidence_never(board):
    board.evidence(
        HERE, "2022",
        {"item_code": "1.2", "original": 1, "review": "approved"},
        {"item_code": "1.8", "original": 1, "review": "pending"},
        {"item_code": "2.1", "original": 1},
        {"item_code": "2.3", "photos": 1, "review": "returned"},
    )  # fmt: skip
    row = checklist.table(board.view()).iloc[0]
    assert (row["score_n"], row["score_d"]) == (3, 35)
    assert (row["score_official_n"], row["score_official_d"]) == (1, 35)
    assert (row["pending"], row["returned"]) == (2, 1)


def test_only_an_approved_not_applicable_leaves_the_denominator(board):
    rows = [
        {"item_code": "2.5", "not_applicable": True, "na_reason": "无室外场所", "review": "approved"},
        {"item_code": "2.4", "not_applicable": True, "na_reason": "无楼栋", "review": "pending"},
        {"item_code": "1.2", "not_applicable": True, "na_reason": "不想写", "review": "approved"},
    ]
    board.evidence(HERE, "2022", *rows)
    row = checklist.table(board.view()).iloc[0]
    assert (row["score_n"], row["score_d"], row["not_applicable"]) == (0, 34, 1)
    assert item(board, "2.5")["state"] == "not_applicable"


def test_a_place_the_building_lacks_is_not_asked_for(board):
    lift = {"item_code": "2.4", "event_no": 3, "not_applicable": True, "na_reason": "无电梯", "review": "approved"}
    board.evidence(HERE, "2022", {"item_code": "2.4", "event_no": 1, "photos": 3, "review": "approved"}, lift)
    found = item(board, "2.4")
    assert (found["got"], found["need"], found["passed_official"]) == (3, 3, True)


def test_a_lecture_whose_record_lacks_a_field_is_not_complete(board):
    rows = [
        {"item_code": "3.2", "event_no": n, "event_date": date(2022, n, 9), "photos": 1, "minutes": 1, **FIELDS}
        for n in (1, 2, 3, 4)
    ]
    rows[3]["theme"] = None
    board.evidence(HERE, "2022", *rows)
    found = item(board, "3.2")
    assert (found["got"], found["passed"]) == (3, False)
    assert found["lacking"] == "主题"


def test_two_pictures_of_one_day_are_one_change_of_the_board(board):
    days = [date(2022, month, 1) for month in (1, 2, 3, 4, 5)] + [date(2022, 5, 1)]
    rows = [{"item_code": "3.4", "event_no": n, "event_date": day, "photos": 1} for n, day in enumerate(days, 1)]
    board.evidence(HERE, "2022", *rows)
    assert item(board, "3.4")["got"] == 5


def test_conditional_parts_of_a_family_file_count_only_where_they_apply(board):
    whole = {"item_code": "4.6", "family_application": True, "family_checkup": True, "family_lifestyle": True}
    rows = [
        {**whole, "family_no": "F1"},
        {**whole, "family_no": "F2", "has_65": True, "family_checkup_65": True},
        {**whole, "family_no": "F3", "has_chronic": True},
    ]
    board.evidence(HERE, "2022", *rows)
    found = item(board, "4.6")
    assert (found["got"], found["passed"]) == (2, False)
    assert (found["pieces_n"], found["pieces_d"]) == (10, 11)


def test_a_plan_without_its_seal_does_not_pass(board):
    board.evidence(HERE, "2022", {"item_code": "1.5", "original": 1, "sealed": False})
    assert not item(board, "1.5")["passed"]
    board.evidence(HERE, "2022", {"item_code": "1.5", "original": 1, "sealed": True})
    assert item(board, "1.5")["passed"]


def test_the_toilets_need_the_rate_and_the_table(board):
    board.evidence(HERE, "2022", {"item_code": "2.7", "original": 1})
    assert not item(board, "2.7")["passed"]
    row = {"indicator": "ENV-12", "accrual": "cumulative", "num": Decimal(84), "den": Decimal(100)}
    board.progress(HERE, "environment", "2022-07", row)
    assert item(board, "2.7")["passed"]


def test_one_event_in_two_items_is_marked(board):
    event = {"event_no": 1, "event_date": date(2022, 3, 9), "photos": 1, "minutes": 1, "original": 1, **FIELDS}
    other = {**event, "event_no": 2, "event_date": date(2022, 4, 9)}
    board.evidence(
        HERE, "2022", {**event, "item_code": "3.2"}, {**event, "item_code": "5.1"}, {**other, "item_code": "5.1"}
    )
    assert item(board, "5.1")["shared"] == 1
    assert item(board, "3.2")["shared"] == 0
    assert checklist.table(board.view())["shared"].iloc[0] == 1


def test_who_handed_in_nothing_is_unreported_and_has_no_score(board):
    board.evidence(HERE, "2022", {"item_code": "1.2", "original": 1})
    row = checklist.table(board.view()).set_index("community").loc["和平社区"]
    assert row["state"] == "unreported"
    assert row[["score_n", "score_d"]].isna().all()


def test_an_event_of_tomorrow_does_not_count_today(board):
    row = {
        "item_code": "1.3",
        "event_no": 1,
        "event_date": date(2022, 8, 13),
        "photos": 1,
        "minutes": 1,
        "sign_in": 1,
        "appeal": 1,
    }
    board.evidence(HERE, "2022", row)
    assert item(board, "1.3")["state"] == "missing"
    found = checklist.items(board.view(date(2022, 8, 13)), HERE).set_index("item").loc["1.3"]
    assert found["passed"]


def test_where_one_event_may_count_once_only_the_second_item_does_not_have_it(board, office, tmp_path):
    event = {"event_no": 1, "event_date": date(2022, 3, 9), "photos": 1, "minutes": 1, "original": 1, **FIELDS}
    board.evidence(HERE, "2022", {**event, "item_code": "3.2"}, {**event, "item_code": "5.1"})
    assert (item(board, "3.2")["got"], item(board, "5.1")["got"]) == (1, 1)
    (tmp_path / "street.toml").write_text("count_shared_events = false\n")
    office.set("STREET_CONFIG", str(tmp_path / "street.toml"))
    assert (item(board, "3.2")["got"], item(board, "5.1")["got"], item(board, "5.1")["shared"]) == (1, 0, 1)


def test_files_attached_stand_beside_those_the_sheet_counts(board):
    key = int(directory.communities(board.view()).set_index("name").loc[HERE, "id"])
    board.evidence(HERE, "2022", meeting(1, photos=2, minutes=1), {"item_code": "4.6", "family_no": "F1", "original": 1,
                   "family_application": True, "has_65": True, "theme": "电话13912345678"})  # fmt: skip
    for record in ("2022/1.4/1", "2022/1.4", "2022/1.2", "2021/1.4/1"):
        attachments.add(board.actor, key, "evidence", record, "a.jpg", papers.photo())
    assert (item(board, "1.4")["reported"], item(board, "1.4")["files"]) == (3, 2)
    assert (item(board, "1.2")["state"], item(board, "1.2")["files"]) == ("missing", 1)
    assert checklist.table(board.view()).set_index("community").loc[HERE, ["reported", "files"]].tolist() == [5, 3]
    rows = checklist.records(board.view(), HERE).set_index("record")
    assert rows.loc["2022/1.4/1", ["kinds", "reported", "files", "review"]].tolist() == [
        "照片 2  会议记录 1", 3, 1, "approved"
    ]  # fmt: skip
    family = rows.loc["2022/4.6/F1"]
    assert (family["kinds"], family["lacking"]) == ("申报表 1", "家庭成员体检表  65岁以上体检表  生活方式材料")
    assert family["theme"] == "电话****"
    for role, refusal in ((Role.LEADER, NotAllowedError), (Role.CLERK, OtherCommunityError)):
        actor = account(role, "和平社区" if role == Role.CLERK else None)
        with pytest.raises(refusal):
            checklist.records(type(board.view())(actor, board.view().day, "covid"), HERE)


def test_ten_points_of_the_pledge_by_the_items_that_show_them(board):
    absent = {"item_code": "2.5", "not_applicable": True, "na_reason": "无室外场所", "review": "approved"}
    board.evidence(HERE, "2022", {"item_code": "2.3", "photos": 1}, absent)
    points = checklist.pledge(board.view(), HERE).set_index("code")
    assert len(points) == 10
    smoke = points.loc["5"]
    assert (smoke["items"], smoke["kept_n"], smoke["kept_official_n"], smoke["kept_d"]) == (
        "2.1、2.2、2.3、2.4、2.5", 1, 0, 4
    )  # fmt: skip


def test_the_command_gives_every_community_with_sections_items_and_both_scores(board):
    whole = {"photos": 2, "minutes": 1, "sign_in": 1}
    board.evidence(HERE, "2022", *(meeting(n, **whole) for n in range(1, 7)), {"item_code": "1.2", "original": 1})
    answer = json.loads(CliRunner().invoke(main, ["report", "checklist", "--date", "2022-08-12", "--json"]).output)
    here, other = answer["rows"]
    assert (here["score"]["numerator"], here["score_official"]["numerator"], here["score"]["denominator"]) == (2, 1, 35)
    assert (other["state"], other["score"]["numerator"]) == ("unreported", None)
    assert [len(section["items"]) for section in here["sections"]] == [9, 12, 5, 6, 3]
    first = here["sections"][0]
    assert (first["section"], first["score"]["value"], first["score_official"]["numerator"]) == (
        "organisation",
        22.22,
        1,
    )
    meetings = first["items"][3]
    assert (meetings["item"], meetings["got"], meetings["need"]) == ("1.4", 6, 4)
    assert (meetings["pieces"], meetings["passed_official"]) == (
        {"numerator": 12, "denominator": 12, "value": 100.0},
        True,
    )


def test_every_item_of_the_list_is_there(board):
    assert len(checklist.items(board.view(), HERE)) == 35
