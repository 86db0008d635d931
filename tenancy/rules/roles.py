"""Roles are code, reviewed like code: a name, a paragraph, the rights.

A right is granted on a jurisdiction and holds for its whole subtree. Nothing here grants: see tenancy.actions.
"""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What a post may do in a place; the codename of a permission on Jurisdiction."""

    VIEW_REGISTER = "view_register"
    EDIT_REGISTER = "edit_register"
    IMPORT_REGISTER = "import_register"
    IMPORT_ROSTER = "import_roster"
    EXPORT = "export_data"
    VIEW_CADRES = "view_cadres"
    ASSIGN = "assign_cadres"
    APPROVE_LIST = "approve_list"
    ISSUE_LETTERS = "issue_letters"
    UPLOAD_LETTERS = "upload_letters"
    REVIEW_LETTERS = "review_letters"
    OPEN_QUARTER = "open_quarter"
    VIEW_PROGRESS = "view_progress"
    VISIT = "visit_own"
    ENTER_FOR_OTHERS = "enter_for_others"
    HANDLE_ISSUES = "handle_issues"
    VIEW_ISSUES = "view_issues"
    REPORT_ISSUES = "report_issues"
    INSPECT = "inspect_cadres"
    EDIT_PLAN = "edit_plan"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"
    OWN_RECORDS = "own_records"


RIGHT_LABELS: dict[Right, str] = {
    Right.VIEW_REGISTER: "查看主体台账",
    Right.EDIT_REGISTER: "维护主体台账",
    Right.IMPORT_REGISTER: "导入主体台账",
    Right.IMPORT_ROSTER: "导入干部名册",
    Right.EXPORT: "导出数据",
    Right.VIEW_CADRES: "查看包保干部",
    Right.ASSIGN: "指派包保干部",
    Right.APPROVE_LIST: "批准责任清单",
    Right.ISSUE_LETTERS: "生成承诺书",
    Right.UPLOAD_LETTERS: "上传承诺书扫描件",
    Right.REVIEW_LETTERS: "审核承诺书",
    Right.OPEN_QUARTER: "启动季度任务",
    Right.VIEW_PROGRESS: "查看督导进度",
    Right.VISIT: "督导本人包保的主体",
    Right.ENTER_FOR_OTHERS: "代填督导记录",
    Right.HANDLE_ISSUES: "处理通报的问题",
    Right.VIEW_ISSUES: "查看问题",
    Right.REPORT_ISSUES: "上报问题线索",
    Right.INSPECT: "督查下级干部",
    Right.EDIT_PLAN: "维护实施方案",
    Right.MANAGE_ACCOUNTS: "管理账号、岗位和区划",
    Right.GRANT_ROLES: "授予角色",
    Right.READ_AUDIT: "查看审计日志",
    Right.OWN_RECORDS: "查看本单位记录",
}


class Role(StrEnum):
    """Who a post is; one value per post."""

    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    PLAN_EDITOR = "plan_editor"
    DISTRICT_OFFICE = "district_office"
    STREET_OFFICE = "street_office"
    COMMUNITY_SECRETARY = "community_secretary"
    CADRE = "cadre"
    LIAISON = "liaison"
    STATION_OFFICER = "station_officer"
    INSPECTOR = "inspector"
    DEPARTMENT_CLERK = "department_clerk"
    LEADER = "leader"
    ASSISTANT = "assistant"
    GRID_WORKER = "grid_worker"
    SHOP = "shop"


# One person may hold at most one of these, and nobody may hold one beside a business role.
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# Roles that follow from a roster import; every other role is granted by the security administrator.
ROSTER_ROLES = frozenset({Role.CADRE, Role.COMMUNITY_SECRETARY, Role.LIAISON, Role.ASSISTANT, Role.GRID_WORKER})
# Roles that work on a phone of their own: no idle time-out, no second factor, no ageing password.
PHONE_ROLES = ROSTER_ROLES | {Role.SHOP}
# Roles it takes two people to give: the system administrator asks, the security administrator confirms.
GRANTED_ROLES = frozenset(Role) - PHONE_ROLES
# Rights that make an administrator, and those that only the post's own role gives: none of them can be lent.
ADMIN_RIGHTS = frozenset({Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES, Right.READ_AUDIT})
LENDABLE_RIGHTS = frozenset(Right) - ADMIN_RIGHTS - {Right.VISIT, Right.OWN_RECORDS}
# Any one of them opens the settings, or the pages about posts.
ADMINISTRATION = (Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES, Right.READ_AUDIT, Right.EDIT_PLAN)
ABOUT_POSTS = (Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES)


@dataclass(frozen=True, slots=True)
class RoleText:
    """A role's name, its paragraph and its rights."""

    name: str
    paragraph: str
    rights: frozenset[Right]


_READ = {Right.VIEW_REGISTER, Right.VIEW_CADRES, Right.VIEW_PROGRESS, Right.VIEW_ISSUES}
_OFFICE = _READ | {
    Right.EDIT_REGISTER,
    Right.IMPORT_REGISTER,
    Right.IMPORT_ROSTER,
    Right.EXPORT,
    Right.ASSIGN,
    Right.APPROVE_LIST,
    Right.ISSUE_LETTERS,
    Right.UPLOAD_LETTERS,
    Right.OPEN_QUARTER,
    Right.ENTER_FOR_OTHERS,
    Right.REVIEW_LETTERS,
}


def _role(name: str, paragraph: str, rights: set[Right]) -> RoleText:
    return RoleText(name, paragraph, frozenset(rights))


ROLES: dict[Role, RoleText] = {
    Role.SYSTEM_ADMIN: _role(
        "系统管理员",
        "开立、停用账号，维护岗位、区划、系统参数与备份。不授予角色，不读审计日志，不看业务数据。",
        {Right.MANAGE_ACCOUNTS},
    ),
    Role.SECURITY_ADMIN: _role(
        "安全管理员",
        "授予和收回办公室、管理员角色，管理密码与双因子规则。不开立账号，不读也不删审计日志。",
        {Right.GRANT_ROLES},
    ),
    Role.AUDIT_ADMIN: _role("审计管理员", "查看、校验、导出审计日志，不作任何修改。", {Right.READ_AUDIT}),
    Role.PLAN_EDITOR: _role("方案管理员", "录入、试算并启用本地实施方案及其清单、日历。", {Right.EDIT_PLAN}),
    Role.DISTRICT_OFFICE: _role(
        "上级食安办",
        "审核辖区上报的承诺书和清单，查看各街道进度与缺项，导出报表。",
        _READ | {Right.REVIEW_LETTERS, Right.EXPORT, Right.APPROVE_LIST, Right.INSPECT},
    ),
    Role.STREET_OFFICE: _role(
        "街道经办",
        "维护主体和干部台账，分级、指派、生成承诺书，启动季度任务，汇总报送。",
        _OFFICE,
    ),
    Role.COMMUNITY_SECRETARY: _role(
        "社区（居民区）书记",
        "查看本社区主体与干部，上传本社区承诺书，同时履行本人的包保督导。",
        _READ | {Right.UPLOAD_LETTERS, Right.VISIT},
    ),
    Role.CADRE: _role("包保干部", "只看本人包保的主体，开展督导并签字，通报问题，查看处理结果。", {Right.VISIT}),
    Role.LIAISON: _role("联络员", "为所联系的领导代填督导记录，由领导本人确认。", {Right.ENTER_FOR_OTHERS}),
    Role.STATION_OFFICER: _role(
        "市场监管所联系人",
        "接收通报的问题，调查处理并反馈结果，查看辖区主体台账。不代替包保干部签字。",
        {Right.VIEW_REGISTER, Right.VIEW_ISSUES, Right.HANDLE_ISSUES},
    ),
    Role.INSPECTOR: _role("督查组成员", "按督查方案抽样核查下级干部履职情况。", _READ | {Right.INSPECT}),
    Role.DEPARTMENT_CLERK: _role("部门经办", "办理转来的问题，上传示范创建证明材料。", {Right.HANDLE_ISSUES}),
    Role.LEADER: _role("领导（只读）", "查看进度、缺项和统计，不作修改。", _READ),
    Role.ASSISTANT: _role("协管员", "上报问题线索，协助干部开展督导，不代替干部签字。", {Right.REPORT_ISSUES}),
    Role.GRID_WORKER: _role("网格员", "上报问题线索，协助核实主体状态。", {Right.REPORT_ISSUES}),
    Role.SHOP: _role("食品经营者", "只看本单位的记录，填报日管控、周排查、月调度，上传整改结果。", {Right.OWN_RECORDS}),
}


def way_of(role: Role) -> str:
    """How somebody comes to a role."""
    if role in ADMIN_ROLES:
        return "两人办理：系统管理员申请，安全管理员确认。与其他角色互斥。"
    if role in GRANTED_ROLES:
        return "两人办理：系统管理员申请，安全管理员确认。"
    return "随主体台账产生，不用授予。" if role is Role.SHOP else "随干部名册产生，不用授予。"


def conflicts(held: frozenset[Role], wanted: Role) -> bool:
    """Whether a person holding these roles may not also hold the wanted one (GB/T 22239: separated duties)."""
    if wanted in ADMIN_ROLES:
        return bool(held - {wanted})
    return bool(held & ADMIN_ROLES)
