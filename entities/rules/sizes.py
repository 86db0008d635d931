"""规模数据: what is counted of an entity, in which unit, and where a figure may come from."""

from datetime import date
from enum import StrEnum

from tenancy.rules.refusals import Refused


class SizeKind(StrEnum):
    """What is counted. The first three are also columns of the ledger, by the same words."""

    STAFF = "staff"
    REVENUE = "revenue"
    DINERS = "diners"
    FLOOR_AREA = "floor_area"

    @property
    def label(self) -> str:
        """As pages name it."""
        return KINDS[self][0]

    @property
    def unit(self) -> str:
        """In which its figures stand."""
        return KINDS[self][1]

    @property
    def grades(self) -> bool:
        """Whether the entity has it as a column, which grading reads."""
        return self is not SizeKind.FLOOR_AREA


KINDS = {
    SizeKind.STAFF: ("从业人员", "人"),
    SizeKind.REVENUE: ("年营业收入", "万元"),
    SizeKind.DINERS: ("用餐人数", "人"),
    SizeKind.FLOOR_AREA: ("经营面积", "平方米"),
}
GRADED = tuple(kind for kind in SizeKind if kind.grades)


class SizeSource(StrEnum):
    """Where a figure comes from."""

    IMPORT = "import"
    OFFICE = "office"
    VISIT = "visit"
    SURVEY = "survey"
    SHOP = "shop"

    @property
    def label(self) -> str:
        """As pages name it."""
        return SOURCES[self]


SOURCES = {
    SizeSource.IMPORT: "台账导入",
    SizeSource.OFFICE: "经办登记",
    SizeSource.VISIT: "督导时了解",
    SizeSource.SURVEY: "摸底",
    SizeSource.SHOP: "主体报送",
}
# A ledger says so itself; nobody types it.
TYPED_SOURCES = tuple(source for source in SizeSource if source is not SizeSource.IMPORT)


def refuse_size_day(known_on: date, on: date) -> None:
    """A figure is of today or of an earlier day. Raises Refused."""
    if known_on > on:
        raise Refused("数据日期在今天之后；请填这个数字是哪一天的，如报表日期、上门那一天。", code="day-ahead")
