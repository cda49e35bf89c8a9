"""Invented persons: names from small lists, numbers that pass every check and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗方俞任袁柳"
GIVEN = (
    "建国", "秀英", "桂兰", "志强", "玉梅", "海燕", "文静", "晓东", "丽华", "永康", "春生", "淑珍", "国栋", "小琴",
    "立新", "雪梅", "振华", "美玲", "家豪", "子涵", "雨桐", "浩然", "思远", "欣怡", "明哲", "若溪", "德福", "凤仙",
    "长林", "素芬", "俊杰", "佳宁", "云飞", "红霞", "学文", "翠莲", "天佑", "佩珊", "少云", "巧玲",
    "敏", "涛", "岩", "倩",
)  # fmt: skip
AGES = {
    "elderly": (61, 88),
    "adult": (19, 58),
    "minor": (5, 16),
    "key_trade": (22, 57),
    "floating": (20, 56),
    "party": (26, 70),
    "enterprise": (21, 57),
    "other": (19, 59),
}
EMPLOYERS = {
    "key_trade": ("云栖酒店", "晨光物流站", "百汇农贸市场", "平安出租车队"),
    "enterprise": ("第三建筑工地", "东方纺织厂", "启明电子厂"),
    "party": ("街道机关", "社区支部"),
}
REGION = 990000  # there is no region 99


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    id_no: str
    phone: str
    sex: str
    born: date
    group: str
    employer: str | None

    def age(self, day: date) -> int:
        """Completed years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


class People:
    """Makes persons; no two share a document number."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._numbers: set[str] = set()

    def name(self) -> str:
        """A name."""
        return self.rng.choice(SURNAMES) + self.rng.choice(GIVEN)

    def names(self, count: int) -> tuple[str, ...]:
        """Different names."""
        found: list[str] = []
        while len(found) < count:
            name = self.name()
            if name not in found:
                found.append(name)
        return tuple(found)

    def phone(self) -> str:
        """Eleven digits in a range (100) that is given to no mobile telephone."""
        return f"100{self.rng.randrange(10**8):08d}"

    def person(self, group: str, place: int, day: date) -> Person:
        """Somebody of a group in the ``place``-th community, of the group's age on ``day``."""
        youngest, oldest = AGES[group]
        born = day - timedelta(days=self.rng.randint(youngest * 366, oldest * 365))
        while True:
            sequence = self.rng.randrange(1000)
            body = f"{REGION + place:06d}{born:%Y%m%d}{sequence:03d}"
            number = body + ric.calc_check_digit(f"{body}0")
            if number not in self._numbers:
                break
        self._numbers.add(number)
        employers = EMPLOYERS.get(group)
        return Person(
            self.name(),
            number,
            self.phone(),
            "male" if sequence % 2 else "female",
            born,
            group,
            self.rng.choice(employers) if employers else None,
        )
