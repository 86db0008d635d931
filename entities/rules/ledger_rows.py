"""The columns of an entity ledger (包保主体台账), and what a checked row of one holds."""

from dataclasses import dataclass
from decimal import Decimal

from entities.rules.sizing import REVENUE_UNITS
from tenancy.rules.importing import Column

COLUMNS = (
    Column("name", "主体名称", ("单位名称", "企业名称", "经营者名称", "店名", "名称", "市场主体名称"), required=True),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码")),
    Column("licence", "许可证编号", ("许可证号", "食品经营许可证编号", "证书编号", "许可/备案编号")),
    Column("business_type", "主体业态", ("业态", "经营业态", "主体类型", "经营类型"), required=True),
    Column("staff", "从业人员", ("从业人数", "员工人数", "从业人员数")),
    Column("revenue", "年营业收入", ("营业收入", "年营业额", "营业额"), unit="万元", other_units=tuple(REVENUE_UNITS)),
    Column("diners", "用餐人数", ("供餐人数", "就餐人数")),
    Column(
        "area", "所属居民区", ("居民区", "所属社区", "社区", "村社区", "所属村居", "所属村", "所属区域"), required=True,
        fills_down=True,
    ),
    Column("address", "经营地址", ("地址", "经营场所", "生产经营地址", "住所")),
    Column("principal", "负责人", ("主要负责人", "法定代表人", "法人", "经营者", "联系人")),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "负责人电话", "联系方式"), private=True),
    Column("director", "食品安全总监", ("总监",)),
    Column("officer", "食品安全员", ("安全员",)),
    Column("status", "经营状态", ("状态", "营业状态", "主体状态")),
    Column("further_types", "兼营业态", ("兼营", "兼营项目", "其他业态")),
    Column("tags", "标签", ("主体标签", "重点类别")),
    Column("risk_level", "食品安全风险等级", ("风险等级", "风险分级", "食品安全风险分级")),
)  # fmt: skip
# Printed by our own ledger and not read from one: computed, or kept elsewhere.
OWN_TITLES = (
    "等级",
    "有效期至",
    "包保干部姓名",
    "包保干部职务",
    "包保干部层级",
    "姓名",
    "职务",
    "层级",
    "集聚场所",
    "摊位号",
    "连锁企业",
    "本地增加的台账项",
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = frozenset(column.key for column in COLUMNS if column.required)
TITLES = {column.key: column.title for column in COLUMNS}


@dataclass(slots=True)
class LedgerRow:
    """A checked row. None means the cell was blank: on an update the register keeps what it has.

    cleared: the fields whose cell asked for an empty value.
    """

    name: str = ""
    uscc: str | None = None
    licence: str | None = None
    business_type: str = ""
    staff: int | None = None
    revenue: Decimal | None = None
    diners: int | None = None
    area: int = 0
    address: str | None = None
    principal: str | None = None
    phone: str | None = None
    director: str | None = None
    officer: str | None = None
    status: str | None = None
    further_types: list[str] | None = None
    tags: list[str] | None = None
    risk_level: str | None = None
    cleared: tuple[str, ...] = ()
    # Where its area may lie while more than one bears the name.
    areas: tuple[int, ...] = ()


@dataclass(frozen=True)
class Area:
    """A place a ledger may name: its id, path and name."""

    pk: int
    path: str
    name: str
