"""What a header path may be called, and which column that is (reading_rules N2, N7 and the header traps).

Parent and child are joined in every order against the declared names; words that say nothing (人数, a unit, a day) and
parents that do not change the meaning may be left out. Which dose, plan or result, today or so far is never left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from data_access.workbooks.names import EXPLAINS, GUARDED, HeaderIndex, Match, clean, header, squeeze
from data_access.workbooks.units import unscaled

LONGEST = 40  # characters; a longer text is prose
_MOST_JOINED = 4
_EMPTY_WORDS = frozenset({
    "人数", "数", "数量", "人", "人次", "剂次", "剂", "%", "情况", "名称", "内容", "名", "个", "例", "支", "份", "户",
})  # fmt: skip
# Beside a dose these add nothing: 累计接种人数 / 第一剂 is 累计第一剂, 第二剂接种日期 is 第二剂日期.
_DOSE = re.compile(r"剂|针|全程|加强")
_GIVEN = re.compile(r"今日|当日|本日|接种(?:人数|情况|数)?|(?<=.)(?:人数|情况)$")
_TODAY = re.compile(r"今日|当日|本日|今天|当天")
_PLAIN_GUARDS = re.compile("计划|实际|累计|期初|名单")  # these mean one thing each; 剂 may be any dose
# Of these the parent says whose or which one it is, unless it is as general as 人员信息.
_WHOSE = frozenset({
    "日期", "时间", "姓名", "电话", "联系电话", "手机", "手机号", "号码", "单位", "名称", "编号", "类型", "备注",
})  # fmt: skip
_GENERAL = re.compile("信息|情况|基本|资料|人员|对象|受种|本人|明细")
_DAY = re.compile(
    r"\(?(?:截至|截止)?(?:\d{4}年|20\d\d[./-])?\d{1,2}[月./-]\d{1,2}(?:日|号)?(?![\d.])\)?(?:\(?(?:周|星期)[一二三四五六日]\)?)?"
    r"|\(?\d{1,2}(?:时|点)?[-~至]\d{1,2}(?:时|点)\)?"
)
_TAIL = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]$")
_SPLIT = re.compile(r"[\n\r_::—–/]+|(?<=\D)-(?=\D)")


def column_of(index: HeaderIndex, path: tuple[str, ...], *, borrowed: bool = False) -> Match | None:
    """The column a header path names; None rather than a guess.

    ``borrowed`` where the parent only stands to the left of the child's column, and so may not be its parent at all.
    """
    key = path, borrowed
    try:
        return index.paths[key]
    except KeyError:
        found = _column_of(index, path, borrowed)
    if len(index.paths) > 5_000:
        index.paths.clear()
    index.paths[key] = found
    return found


def _column_of(index: HeaderIndex, path: tuple[str, ...], borrowed: bool) -> Match | None:
    if len(path) == 1:
        found = index.match(unscaled(path[0]))
        if found is not None:
            return found
    named = index.names.get
    for rank, group in enumerate(wordings(path, borrowed)):
        hits = {match.column.key: match for name in group if (match := named(name))}
        if len(hits) == 1:
            (match,) = hits.values()
            return match if rank == 0 else Match(match.column, "prefix")
        if hits:
            return None
    return None


def undated(text: str) -> str:
    """A header without the day it speaks of: 8月12日名单人数, 累计（截至4月28日）."""
    bare = squeeze(text)
    return _DAY.sub("", bare) if any(sign.isdigit() for sign in bare) else bare


@lru_cache(maxsize=20_000)
def wordings(path: tuple[str, ...], borrowed: bool = False) -> tuple[tuple[str, ...], ...]:
    """The names a header path may go by, in groups from the fullest to the shortest."""
    if any(len(text) > LONGEST for text in path):
        return ()
    words = list(_words(path, borrowed))
    spare = [place for place, (_name, droppable) in enumerate(words) if droppable][:6]
    groups: list[tuple[str, ...]] = []
    for count in range(len(spare) + 1):
        for left_out in combinations(spare, count):
            kept = [name for place, (name, _droppable) in enumerate(words) if place not in left_out]
            if kept:
                groups.append(_joined(kept))
                bare = [name for word in kept if (name := _GIVEN.sub("", word))]
                if bare != kept and _DOSE.search("".join(bare)):
                    groups.append(_joined(bare))
        if count == 0:
            groups += _taken_apart(path)
    return tuple(groups)


def _words(path: tuple[str, ...], borrowed: bool) -> Iterator[tuple[str, bool]]:
    """The words of a path, each with whether it may be left out."""
    child = header(undated(unscaled(path[-1])))
    for level, text in enumerate(path):
        below = header("".join(path[level + 1 :]))
        bare, last = undated(unscaled(text)), level == len(path) - 1
        tail = _TAIL.match(bare)
        remark = header(tail[2]) if tail else ""
        name = header(tail[1] if tail and remark not in _EMPTY_WORDS else bare)
        if name:
            if last and level:  # 联络人 / 姓名 is the 联络人
                may_go = name == "姓名" and not _GENERAL.search(path[level - 1])
            else:
                may_go = not last and _may_go(name, child, below, borrowed)
            yield name, may_go or name in _EMPTY_WORDS
        if tail and remark and remark not in _EMPTY_WORDS:
            yield remark, bool(EXPLAINS.search(tail[2])) or not GUARDED.search(_TODAY.sub("", remark))


def _may_go(parent: str, child: str, below: str, borrowed: bool) -> bool:
    """Whether a parent adds nothing: it is harmless, or those below say the same (累计接种情况 / 累计接种人数)."""
    if child in _WHOSE and not _GENERAL.search(parent):
        return False
    said = set(GUARDED.findall(_TODAY.sub("", parent)))
    if parent in below or said <= set(_PLAIN_GUARDS.findall(below)):
        return True
    return borrowed and not GUARDED.search(child)


def _joined(words: list[str]) -> tuple[str, ...]:
    if len(words) > _MOST_JOINED:
        return ("".join(words), "".join(reversed(words)))
    return tuple(dict.fromkeys("".join(order) for order in permutations(words)))


def _taken_apart(path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The parts of words that a line break or a sign parts, in any order: 第一剂⏎计划 is 计划第一剂."""
    parts = [header(undated(unscaled(part))) for text in path for part in _SPLIT.split(_lines(text))]
    parts = [part for part in parts if part]
    return [_joined(parts)] if len(path) < len(parts) <= _MOST_JOINED else []


def _lines(text: str) -> str:
    """A text folded like any other, its line breaks kept."""
    return "\n".join(clean(line) for line in text.splitlines())
