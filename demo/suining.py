"""Suining at its printed size, all names invented: 37/37, 149/199, 1414/3923, 2181/18704 cadres and entities.

The tree, the roster and the ledger are made here and go through the same staged imports as any office's.
"""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.models import Jurisdiction
from tenancy.plans import shipped_plan
from tenancy.scoping import acting_in
from tenancy.workbooks import Column, Sheet, write_table

CITY = "遂宁市"
CODE = "510900"
COUNTIES, TOWNSHIPS, VILLAGES = 5, 15, 9
CADRES = {"city": 37, "county": 149, "township": 1414, "village": 2181}
ENTITIES = {"A": 37, "B": 199, "C": 3923, "D": 18704}
RATIOS = "1:1, 1:1.34, 1:2.77, 1:8.58"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = "安邦成达恩凡光海嘉康立明宁平清荣思天文祥延志正中"
SHOPS = ("老街面馆", "山水茶铺", "家家超市", "百味小吃", "晨光早餐", "田园粮油", "江畔酒家", "乐购便利")
# What makes an entity large, medium, small or micro under the size table: type, staff, revenue in 万元.
FACTS = {
    "A": ("食品生产", 1200, 50000),
    "B": ("餐饮服务", 150, 3000),
    "C": ("食品销售（零售）", 20, 200),
    "D": ("食品销售（零售）", 3, 60),
}
NUMERALS = "一二三四五六七八九十"


def names() -> dict[str, list[str]]:
    """Names of the places, level by level; unique within the city, because ledgers name villages alone."""
    counties = [f"{NUMERALS[n]}江县" for n in range(COUNTIES)]
    townships = [f"{county[0]}江{n + 1:02}镇" for county in counties for n in range(TOWNSHIPS)]
    villages = [f"{town[:-1]}{NUMERALS[n]}村" for town in townships for n in range(VILLAGES)]
    return {"county": counties, "township": townships, "village": villages}


def load_tree(since: date) -> Jurisdiction:
    """The city with its counties, townships and villages, and its plan."""
    known = Jurisdiction.objects.filter(path=f"{CODE}/").first()
    if known is not None:
        return known
    with acting_in(f"{CODE}/"):
        city = found_place(None, name=CITY, level="city", segment=CODE, code=CODE)
        adopt_plan(city, shipped_plan("suining"), since=since, by=None)
        found = names()
        above: list[Jurisdiction] = [city]
        for level, each in (("county", COUNTIES), ("township", TOWNSHIPS), ("village", VILLAGES)):
            above = [
                found_place(above[n // each], name=name, level=level, segment=f"{n % each + 1:03}")
                for n, name in enumerate(found[level])
            ]
    return city


def _person(number: int) -> str:
    n = number * 7919
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n // 50 % len(GIVEN)] + GIVEN[n // 1200 % len(GIVEN)]


def roster_rows() -> Iterator[tuple[Any, ...]]:
    """序号 姓名 层级 单位 职务 类别 联系电话; spread evenly over the places of each level."""
    found = {"city": [CITY], **names()}
    number = 0
    for level, count in CADRES.items():
        for n in range(count):
            number += 1
            place = found[level][n % len(found[level])]
            yield number, _person(number), TIERS[level], place, f"干部{n + 1:04}", CATEGORIES[level], f"1990{number:07}"


TIERS = {"city": "市级", "county": "县级", "township": "乡级", "village": "村级"}
CATEGORIES = {
    "city": "领导班子成员", "county": "领导班子成员", "township": "领导班子成员", "village": "村（社区）“两委”成员",
}  # fmt: skip


def ledger_rows() -> Iterator[tuple[Any, ...]]:
    """序号 主体名称 许可证编号 业态 从业人员 年营业收入 所属村 经营地址 联系电话 经营状态."""
    villages = names()["village"]
    number = 0
    for grade, count in ENTITIES.items():
        kind, staff, revenue = FACTS[grade]
        for n in range(count):
            number += 1
            shop = f"{SHOPS[n % len(SHOPS)]}{number:05}"
            # A stride without common divisor spreads every grade over all counties.
            village = villages[n * 97 % len(villages)]
            yield number, shop, kind, staff, revenue, village, f"{village}{n % 90 + 1}号", f"1990{number:07}", "在营"


ROSTER_HEADER = ("序号", "姓名", "层级", "单位", "职务", "类别", "联系电话")
LEDGER_HEADER = ("序号", "主体名称", "主体业态", "从业人员", "年营业收入", "所属村", "经营地址", "联系电话", "经营状态")


def workbook(title: str, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> bytes:
    """The rows as an office would send them."""
    file = BytesIO()
    columns = [Column(name, "number" if name in ("序号", "从业人员", "年营业收入") else "text", 14) for name in header]
    write_table(file, [Sheet(title, columns, rows)])
    return file.getvalue()
