"""Names of communities and sites in their spellings, and traditional characters (N11, N19)."""

from __future__ import annotations

from tests.workbooks.suite.case import Made, case, reads, said
from tests.workbooks.suite.paper import xlsx
from tests.workbooks.suite.street import (
    CLINIC,
    HAPPY,
    LAKE,
    PEACE,
    SUN,
    action,
    columns,
    evening,
    heads,
    lines,
    morning,
    person,
    table,
)  # fmt: skip


@case("N11")
def traditional_roster() -> Made:
    """Headers, choices and communities in traditional characters; names of people stay as typed."""
    people = [person(1, HAPPY, name="張國華", liaison="陳聯絡", batch_leader="孫帶隊"), person(2, LAKE, name="劉測試")]
    keys = columns(people)
    names = heads(
        "roster",
        keys,
        vaccination_date="接種日期",
        community="社區",
        id_no="身份證號",
        person_group="人群分類",
        dose_no="劑次",
        site="接種地點",
        liaison="聯絡人",
        liaison_phone="聯絡電話",
        batch_leader="帶隊人",
    )
    body = lines(
        people, keys, community=lambda c: {HAPPY: "幸福裏社區", LAKE: "東湖村"}[c], dose_no=lambda _d: "第一劑",
        person_group=lambda _g: "60歲及以上", site=lambda _s: "街道接種門診",
    )  # fmt: skip
    return Made(xlsx({"接種名單": [names, *body]}), reads({"roster": people}, refused=0))


@case("N11")
def traditional_evening() -> Made:
    """晚調度 with 合計 and 填報人, 已核對 and 未核對."""
    rows = [evening(SUN, 41), evening(LAKE, 20, reconciled="no")]
    keys = columns(rows)
    names = heads(
        "evening",
        keys,
        community="社區",
        roster_n="名單人數",
        vacc_on_roster="名單內接種",
        walk_in="計劃外接種",
        vacc_total="當日接種合計",
        vacc_d1="其中_第一劑",
        vacc_d2="其中_第二劑",
        vacc_b="其中_加強針",
        deferred="緩種",
        refused="拒種",
        moved="改期轉點",
        shortage="缺苗未種",
        elsewhere="異地已接種",
        observed="留觀完成",
        aefi_n="疑似異常反應",
        cum_d1="累計_第一劑",
        cum_full="累計_全程",
        cum_b="累計_加強針",
        cum_people="累計接種人數(含異地)",
        reconciled="名單核對",
    )
    body = lines(
        rows,
        keys,
        community=lambda c: {SUN: "朝陽社區", LAKE: "東湖村"}[c],
        reconciled=lambda v: {"yes": "已核對", "no": "未核對"}[v],
    )
    sums = ["總計", None, *(a + b for a, b in zip(body[0][2:-1], body[1][2:-1], strict=True))]
    foot = [[], ["填報人：陳填報", None, "審核人：劉審核"]]
    signed = {"填报人": "陳填報", "审核人": "劉審核"}
    made = xlsx([["示範街道晚調度情況"], names, *body, sums, *foot])
    return Made(made, reads({"evening": rows}, refused=0, signed=signed))


@case("N11")
def traditional_actions() -> Made:
    """督辦整改臺賬 in traditional characters; 台帳 and 臺賬 are one word."""
    rows = [
        action(
            1,
            HAPPY,
            demand="當日清運",
            issue="垃圾桶滿溢未及時清運",
            place="示例路菜市場",
            unit="示例社區",
            owner="張責任",
        )
    ]
    keys = columns(rows)
    names = heads(
        "actions",
        keys,
        item_no="編號",
        source="來源",
        found_on="發現日期",
        community="社區",
        place="點位",
        workstream="工作線",
        issue="問題描述",
        severity="嚴重程度",
        unit="責任單位",
        owner="責任人",
        due="整改時限",
        status="狀態",
    )
    body = lines(
        rows, keys, community=lambda _c: "幸福里社區", source=lambda _s: "週巡", workstream=lambda _w: "環境衛生"
    )
    made = xlsx({"督辦臺賬": [["督辦整改台帳"], names, *body]})
    # free text is somebody's words; simplified or not, it is the same sentence
    return Made(made, reads({"actions": rows}, refused=0))


@case("N11")
def half_traditional() -> Made:
    """One header traditional, the others not; one community each way."""
    rows = [morning(HAPPY, 30, 40), morning(SUN)]
    grid = table(
        "morning", rows, planned="今日計劃人數", community=lambda c: "幸福里社區" if c == HAPPY else "朝阳社區"
    )
    return Made(xlsx(grid), reads({"morning": rows}, refused=0))


# Communities ----------------------------------------------------------------------------------------------------

VARIANTS = (
    "朝阳社区",
    "朝阳社区居委会",
    "朝阳社区居民委员会",
    "朝阳社區",
    "朝阳居委",
    "朝阳居委会",
    " 朝阳社区 ",
    "朝 阳",
    "朝阳",
    "示范街道朝阳社区",
    "朝阳社区（57.8万人）",
    "朝阳\n（57.8万人）",
    "朝阳居",
    "朝  阳  社  区",
)


@case("N19")
def fourteen_spellings() -> Made:
    """One community in fourteen spellings on one roster."""
    people = [person(n) for n in range(1, len(VARIANTS) + 1)]
    spelled = iter(VARIANTS)
    grid = table("roster", people, community=lambda _c: next(spelled))
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N19")
def villages() -> Made:
    """东湖村, 东湖村委会, 东湖村民委员会, 东湖."""
    people = [person(n, LAKE) for n in range(1, 5)]
    spelled = iter(["东湖村", "东湖村委会", "东湖村村民委员会", "东湖"])
    grid = table("roster", people, community=lambda _c: next(spelled))
    return Made(xlsx(grid), reads({"roster": people}, refused=0))


@case("N19")
def a_name_nobody_knows() -> Made:
    """朝羊社区 is no community: refused with the nearest name, never made anew; neither is 阳光社区."""
    rows = [morning("朝羊社区"), morning("紫荆花园", 30, 40), morning(SUN, 20, 25)]
    errors = [said("COMMUNITY_UNKNOWN_NEAR", "B2", SUN), said("COMMUNITY_UNKNOWN*", "B3")]
    return Made(xlsx(table("morning", rows)), reads({"morning": rows[2:]}, errors=errors, refused=2))


@case("N19")
def whose_by_the_title() -> Made:
    """No column 社区; the title says 朝阳居委会."""
    rows = [morning(SUN)]
    grid = table("morning", rows, without=("community",))
    return Made(xlsx([["朝阳居委会8月12日早会商情况"], *grid]), reads({"morning": rows}, refused=0))


@case("N19")
def whose_by_the_file_name() -> Made:
    """No column 社区; only the file name says whose it is."""
    rows = [morning(PEACE)]
    grid = table("morning", rows, without=("community",))
    return Made(xlsx([["早会商情况"], *grid]), reads({"morning": rows}, refused=0), filename="和平路社区早会商.xlsx")


@case("N19")
def whose_is_it() -> Made:
    """The title says 朝阳社区, the file name 和平路社区: asked."""
    grid = table("morning", [morning(SUN)], without=("community",))
    made = xlsx([["朝阳社区早会商情况"], *grid])
    return Made(made, reads({}, errors=[said("COMMUNITY_DISAGREES")], refused=1), filename="和平路社区早会商.xlsx")


@case("N19")
def sites_in_their_spellings() -> Made:
    """A site with spaces, in traditional characters or by another suffix is the same; one nobody knows is refused."""
    people = [person(n) for n in (1, 2, 3, 4)]
    spelled = iter(["街道 接种门诊", "街道接種門診", "街道接种点", "万达广场"])
    grid = table("roster", people, site=lambda _s: next(spelled))
    assert all(one["site"] == CLINIC for one in people)
    return Made(xlsx(grid), reads({"roster": people[:3]}, errors=[said("SITE_UNKNOWN*", "G5")], refused=1))
