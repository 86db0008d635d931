"""About visits, problems, clocks and appraisal."""

from enum import StrEnum
from typing import Annotated, Literal

from tenancy.plans.choices.labels import Labels


class Need(StrEnum):
    """How badly a piece of evidence is wanted."""

    REQUIRED = "required"
    ON_ISSUE = "on_issue"
    OPTIONAL = "optional"
    OFF = "off"


EvidenceNeed = Annotated[
    Need, Labels({"required": "必须", "on_issue": "发现问题时必须", "optional": "可有可无", "off": "不收集"})
]

Trigger = Annotated[
    Literal[
        "cadre_change",
        "cadre_unable",
        "entity_opened",
        "entity_closed",
        "entity_changed",
        "entity_penalised",
        "visit_made",
        "other",
    ],
    Labels(
        {
            "cadre_change": "包保干部调整、人事变动",
            "cadre_unable": "包保干部不能履职",
            "entity_opened": "新增包保主体",
            "entity_closed": "包保主体注销、停业",
            "entity_changed": "包保主体规模或业态变动",
            "entity_penalised": "包保主体受到行政处罚",
            "visit_made": "完成督导",
            "other": "其他",
        }
    ),
]

CountedFrom = Annotated[Literal["start", "previous"], Labels({"start": "从起算日", "previous": "从上一步办结"})]

PauseReason = Annotated[
    Literal["awaiting_approval", "awaiting_material", "force_majeure", "dispute", "other"],
    Labels(
        {
            "awaiting_approval": "等待审批",
            "awaiting_material": "等待补充材料",
            "force_majeure": "不可抗力",
            "dispute": "归属有争议",
            "other": "其他",
        }
    ),
]

ItemKind = Annotated[
    Literal["check", "text", "number", "date", "choice", "photo"],
    Labels(
        {
            "check": "符合/有问题/不适用",
            "text": "文字",
            "number": "数字",
            "date": "日期",
            "choice": "单选",
            "photo": "照片",
        }
    ),
]

Period = Annotated[
    Literal["month", "quarter", "half_year", "year"],
    Labels({"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}),
]

Holiday = Annotated[
    Literal["new_year", "spring_festival", "qingming", "labour_day", "dragon_boat", "mid_autumn", "national_day"],
    Labels(
        {
            "new_year": "元旦",
            "spring_festival": "春节",
            "qingming": "清明节",
            "labour_day": "劳动节",
            "dragon_boat": "端午节",
            "mid_autumn": "中秋节",
            "national_day": "国庆节",
        }
    ),
]

EventKind = Annotated[
    Literal["incident", "complaint", "penalty", "failed_sampling", "major_event", "reopening", "other"],
    Labels(
        {
            "incident": "突发事件",
            "complaint": "投诉举报",
            "penalty": "行政处罚",
            "failed_sampling": "抽检不合格",
            "major_event": "重大活动",
            "reopening": "恢复营业",
            "other": "其他",
        }
    ),
]

FirstRoundKind = Annotated[
    Literal["every_entity", "every_cadre"],
    Labels({"every_entity": "每个包保主体至少一次", "every_cadre": "每名包保干部至少一次"}),
]

GoalKind = Annotated[
    Literal["entities_filed", "cadres_filed", "lists_made", "letters_signed", "staffed", "first_round"],
    Labels(
        {
            "entities_filed": "主体分级建档",
            "cadres_filed": "干部建档",
            "lists_made": "三张清单和督查方案",
            "letters_signed": "承诺书签订",
            "staffed": "两员应配尽配",
            "first_round": "首轮督导",
        }
    ),
]

FileFact = Annotated[
    Literal["licence", "uscc", "address", "principal", "phone", "staff", "revenue", "director", "officer"],
    Labels(
        {
            "licence": "许可证编号",
            "uscc": "统一社会信用代码",
            "address": "经营地址",
            "principal": "负责人",
            "phone": "联系电话",
            "staff": "从业人员",
            "revenue": "年营业收入",
            "director": "食品安全总监",
            "officer": "食品安全员",
        }
    ),
]

NotifyRule = Annotated[
    Literal["unsolved_only", "all", "violation_only"],
    Labels(
        {
            "unsolved_only": "不能当场处置的才通报",
            "all": "所有问题都通报",
            "violation_only": "涉嫌违法违规的才通报",
        }
    ),
]

RouteKind = Annotated[
    Literal["on_spot", "station", "department", "platform", "assistant", "superior", "other"],
    Labels(
        {
            "on_spot": "当场处置",
            "station": "市场监管所",
            "department": "行业主管部门",
            "platform": "信息平台",
            "assistant": "协管员",
            "superior": "上级",
            "other": "其他",
        }
    ),
]

ReminderTo = Annotated[
    Literal["holder", "office", "upper_office"],
    Labels({"holder": "经手人", "office": "本级食安办", "upper_office": "上级食安办"}),
]

InspectionTarget = Annotated[
    Literal["next_level", "penetrating"], Labels({"next_level": "下一级包保干部", "penetrating": "穿透各级并抽查主体"})
]

AssessmentEffect = Annotated[
    Literal["bonus", "deduction", "downgrade", "veto"],
    Labels({"bonus": "加分", "deduction": "扣分", "downgrade": "降级评价", "veto": "一票否决"}),
]

RateCode = Annotated[
    Literal["coverage", "staffing", "collection", "completion", "rectification", "other"],
    Labels(
        {
            "coverage": "包保覆盖率",
            "staffing": "总监安全员配备率",
            "collection": "主体数据归集率",
            "completion": "督导任务完成率",
            "rectification": "问题整改率",
            "other": "其他",
        }
    ),
]
