"""About businesses: grades, sizes, domains, states, their own control."""

from typing import Annotated, Literal

from tenancy.plans.choices.labels import Labels

GradeCode = Annotated[Literal["A", "B", "C", "D"], Labels({grade: f"{grade}级" for grade in "ABCD"})]

SizeCode = Annotated[
    Literal["large", "medium", "small", "micro"],
    Labels({"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}),
]

Domain = Annotated[
    Literal["production", "distribution", "catering", "special"],
    Labels({"production": "食品生产", "distribution": "食品流通", "catering": "餐饮服务", "special": "特殊食品"}),
]

Industry = Annotated[
    Literal["industrial", "wholesale", "retail", "catering", "warehousing"],
    Labels(
        {
            "industrial": "工业",
            "wholesale": "批发业",
            "retail": "零售业",
            "catering": "餐饮业",
            "warehousing": "仓储业",
        }
    ),
]

SupplyWay = Annotated[
    Literal["self_run", "contracted", "ordered"],
    Labels({"self_run": "自营", "contracted": "委托承包经营", "ordered": "从供餐单位订餐"}),
]

StatusCode = Annotated[
    Literal["active", "stopped", "dormant", "cancelled", "revoked"],
    Labels({"active": "在营", "stopped": "停业", "dormant": "歇业", "cancelled": "注销", "revoked": "吊销"}),
]

BoundaryTie = Annotated[Literal["higher", "lower"], Labels({"higher": "归高一级", "lower": "归低一级"})]

SizeMissing = Annotated[
    Literal["ask", "assume_micro", "assume_small"],
    Labels({"ask": "请经办补填", "assume_micro": "推定为微型", "assume_small": "推定为小型"}),
]

FieldKind = Annotated[
    Literal["text", "number", "date", "yes_no", "choice"],
    Labels({"text": "文字", "number": "数字", "date": "日期", "yes_no": "是否", "choice": "单选"}),
]

CodeSystemKind = Annotated[Literal["template"], Labels({"template": "按网址打开"})]

CycleEvery = Annotated[
    Literal["day", "week", "month", "quarter", "half_year", "year"],
    Labels(
        {
            "day": "每日",
            "week": "每周",
            "month": "每月",
            "quarter": "每季度",
            "half_year": "每半年",
            "year": "每年",
        }
    ),
]

CycleActor = Annotated[
    Literal["principal", "director", "officer", "director_or_officer"],
    Labels(
        {
            "principal": "主要负责人",
            "director": "食品安全总监",
            "officer": "食品安全员",
            "director_or_officer": "食品安全总监或食品安全员",
        }
    ),
]
