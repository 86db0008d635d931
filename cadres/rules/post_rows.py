"""Rows of a list of people who help cadres (联络员, 协管员, 网格员): posts whose role follows from a list, without a cadre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cadres.rules.roster import Unit
from entities.rules.record_rows import Words, telephone, text_of, words
from tenancy.plans import plain
from tenancy.rules.importing import Column, Finding, Level
from tenancy.rules.roles import GRANTED_ROLES, ROLES, Role

COLUMNS = (
    Column("name", "姓名", ("人员姓名",), required=True),
    Column("role", "角色", ("岗位类别", "人员类别", "类别"), required=True),
    Column("unit", "单位", ("工作单位", "所在单位", "所属居民区", "所属村社区", "单位名称"), required=True, fills_down=True),
    Column("title", "职务", ("现任职务", "岗位")),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "联系方式"), private=True),
)  # fmt: skip
KEYS = tuple(column.key for column in COLUMNS)
# Those that follow from this list; cadres and secretaries follow from the roster, with their tier and category.
LISTED = (Role.LIAISON, Role.ASSISTANT, Role.GRID_WORKER)
ROSTERED = (Role.CADRE, Role.COMMUNITY_SECRETARY)
NOTHING = Words({})


@dataclass(frozen=True, slots=True)
class PostRow:
    """What a row says."""

    name: str
    role: Role
    unit_id: int
    title: str
    phone: str


def read_post_row(cells: Sequence[Any], places: Mapping[str, Unit]) -> tuple[PostRow | None, list[Finding]]:
    """The row, None when something essential is missing, and everything there is to say about it."""
    named = dict(zip(KEYS, cells, strict=False))
    columns = {column.key: column for column in COLUMNS}
    findings: list[Finding] = []
    texts: dict[str, str] = {}
    for key, read in (("name", words(40)), ("title", words(60)), ("phone", telephone)):
        texts[key], finding = read(columns[key], named.get(key), NOTHING)
        findings += [finding] if finding else []
    if not texts["name"] and not findings:
        findings.append(
            Finding("name", Level.ERROR, "name-missing", "没有填写姓名；每行登记一人，请补上姓名或删去此行")
        )
    role, said = _role(text_of(named.get("role")))
    findings += said
    unit = places.get(plain(text_of(named.get("unit"))))
    if unit is None:
        message = f"“{text_of(named.get('unit'))}”不是本辖区的单位；请改为区划中的名称"
        findings.append(Finding("unit", Level.ERROR, "area-unknown", message))
    if role is None or unit is None or any(finding.level is Level.ERROR for finding in findings):
        return None, findings
    return PostRow(texts["name"], role, unit.id, texts["title"], texts["phone"]), findings


def _role(text: str) -> tuple[Role | None, list[Finding]]:
    """The role of a word; one that two administrators grant, or that follows from the roster, says so."""
    by_name = {plain(ROLES[role].name): role for role in Role}
    role = by_name.get(plain(text))
    if role in LISTED:
        return role, []
    known = "、".join(ROLES[each].name for each in LISTED)
    if role in GRANTED_ROLES:
        said = f"“{text}”要由系统管理员申请、安全管理员确认，不随名单产生；请在“账号和岗位”里办理"
    elif role in ROSTERED:
        said = f"“{text}”带有层级和类别；请用“导入包保干部名册”"
    else:
        said = f"角色“{text}”不能随名单产生；可填：{known}" if text else f"没有填写角色；可填：{known}"
    return None, [Finding("role", Level.ERROR, "role-not-listed", said)]


def fault_in(at: int, code: str, cell: Any) -> Finding:
    """What the sheet itself did to a cell."""
    column = COLUMNS[at]
    said = {
        "error-cell": f"“{column.title}”是错误值（{cell}）；请照原件重填，没有就留空",
        "formula-cell": f"“{column.title}”是公式；请复制后用“粘贴为数值”，再重新上传",
    }.get(code, f"“{column.title}”被表格软件改成了数字，后几位已经丢失；请设为文本格式后重填")
    return Finding(column.key, Level.ERROR, code if code.endswith("-cell") else "code-lost-precision", said)


def same_row(first: int) -> Finding:
    message = f"与第{first}行是同一人（单位、姓名、角色、职务都相同）；请删去一行，确是同名的两个人请分别填写联系电话"
    return Finding("name", Level.ERROR, "duplicate-in-file", message)


def namesake(first: int) -> Finding:
    message = f"与第{first}行单位、姓名、角色、职务都相同，只有电话不同，将按两个人写入；请核对"
    return Finding("name", Level.WARNING, "namesake", message)


def unclear(count: int) -> Finding:
    message = f"已有{count}个同名同单位的人；请填写联系电话，才能分清是哪一个"
    return Finding("phone", Level.ERROR, "person-unclear", message)
