"""About tiers, bodies, cadres and signing."""

from enum import StrEnum
from typing import Annotated, Literal

from tenancy.plans.choices.labels import Labels


class PlaceLevel(StrEnum):
    """The rungs of the state's ladder; a local tier says on which one it stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    CLUSTER = "cluster"
    TOWNSHIP = "township"
    VILLAGE = "village"


Level = Annotated[
    PlaceLevel,
    Labels(
        {
            "province": "省级",
            "city": "市级",
            "county": "县级",
            "cluster": "片区",
            "township": "乡级（乡镇、街道）",
            "village": "村级（村、社区）",
        }
    ),
]

ListKind = Annotated[
    Literal["responsibility", "task", "inspection", "commitment", "other"],
    Labels(
        {
            "responsibility": "责任清单",
            "task": "任务清单",
            "inspection": "督查清单",
            "commitment": "承诺书",
            "other": "其他",
        }
    ),
]

BodyKind = Annotated[
    Literal[
        "commission",
        "commission_office",
        "leading_group",
        "task_force",
        "party_committee",
        "government",
        "discipline",
        "station",
        "department",
        "inspection_group",
        "cluster_office",
        "other",
    ],
    Labels(
        {
            "commission": "食品安全委员会",
            "commission_office": "食品安全委员会办公室",
            "leading_group": "领导小组",
            "task_force": "工作专班",
            "party_committee": "党委（党工委）",
            "government": "政府（办事处）",
            "discipline": "纪检机构",
            "station": "市场监管所",
            "department": "部门",
            "inspection_group": "督查组",
            "cluster_office": "片区食安办",
            "other": "其他",
        }
    ),
]

TeamRoleKind = Annotated[
    Literal["cadre", "member", "unit", "liaison", "station_officer", "assistant", "other"],
    Labels(
        {
            "cadre": "领导干部",
            "member": "组员",
            "unit": "联系单位",
            "liaison": "联络人",
            "station_officer": "监管干部",
            "assistant": "协管员",
            "other": "其他",
        }
    ),
]

CapMode = Annotated[Literal["off", "soft", "hard"], Labels({"off": "不设", "soft": "超过要写理由", "hard": "不得超过"})]

MatchBy = Annotated[
    Literal["area", "sector", "grid"], Labels({"area": "联系区域", "sector": "分管领域", "grid": "网格"})
]

PartyKind = Annotated[
    Literal["superior", "delegate", "party_organisation", "body", "entity"],
    Labels(
        {
            "superior": "上级或本级主要负责人",
            "delegate": "受委托人",
            "party_organisation": "党组织（由负责人签）",
            "body": "机构（由负责人签）",
            "entity": "包保主体本身",
        }
    ),
]

SigningWay = Annotated[
    Literal["paper", "scan", "photo", "esign", "offline_upload"],
    Labels(
        {
            "paper": "纸质签订存档",
            "scan": "签后扫描上传",
            "photo": "签后拍照上传",
            "esign": "在线签订",
            "offline_upload": "线下签订后补传",
        }
    ),
]

ValidityRule = Annotated[
    Literal["post_change", "months"], Labels({"post_change": "到岗位变动为止", "months": "满规定月数为止"})
]

PlatformStage = Annotated[
    Literal["always", "before_go_live", "after_go_live"],
    Labels({"always": "始终", "before_go_live": "平台运行前", "after_go_live": "平台运行后"}),
]
