"""About papers, filing and what the public sees."""

from typing import Annotated, Literal

from tenancy.plans.choices.labels import Labels

Publicity = Annotated[
    Literal["open", "on_request", "closed"],
    Labels({"open": "主动公开", "on_request": "依申请公开", "closed": "不公开"}),
]

AnnexKind = Annotated[
    Literal["roster", "size_table", "task_list", "inspection_list", "commitment_letter", "file", "form"],
    Labels(
        {
            "roster": "名单",
            "size_table": "规模划分标准",
            "task_list": "任务清单",
            "inspection_list": "督查清单",
            "commitment_letter": "承诺书",
            "file": "文件",
            "form": "表格",
        }
    ),
]

Roll = Annotated[
    Literal["none", "previous", "next"],
    Labels({"none": "不顺延", "previous": "提前到前一工作日", "next": "顺延到后一工作日"}),
]

FilingRule = Annotated[
    Literal["once", "monthly", "quarterly", "half_yearly", "yearly", "on_change"],
    Labels(
        {
            "once": "一次",
            "monthly": "每月",
            "quarterly": "每季度",
            "half_yearly": "每半年",
            "yearly": "每年",
            "on_change": "变动后",
        }
    ),
]

FilingMode = Annotated[
    Literal["paper", "platform", "email", "any"],
    Labels({"paper": "纸质", "platform": "平台", "email": "电子邮件", "any": "不限"}),
]

ArchivePer = Annotated[
    Literal["entity", "cadre", "assignment", "year", "place"],
    Labels(
        {
            "entity": "一户一档",
            "cadre": "一人一档",
            "assignment": "一对包保关系一档",
            "year": "一年一档",
            "place": "一地一档",
        }
    ),
]

CardField = Annotated[
    Literal[
        "entity_name",
        "address",
        "licence_no",
        "grade",
        "cadre_name",
        "cadre_title",
        "cadre_unit",
        "cadre_phone",
        "director",
        "officer",
        "station",
        "station_officer",
        "complaint_phone",
        "qr_code",
    ],
    Labels(
        {
            "entity_name": "主体名称",
            "address": "地址",
            "licence_no": "许可证编号",
            "grade": "包保等级",
            "cadre_name": "包保干部姓名",
            "cadre_title": "包保干部职务",
            "cadre_unit": "包保干部单位",
            "cadre_phone": "包保干部电话",
            "director": "食品安全总监",
            "officer": "食品安全员",
            "station": "市场监管所",
            "station_officer": "监管干部",
            "complaint_phone": "投诉电话",
            "qr_code": "二维码",
        }
    ),
]

Board = Annotated[Literal["off", "unit"], Labels({"off": "不晾晒", "unit": "只到单位"})]

Calendar = Annotated[Literal["CN"], Labels({"CN": "国务院办公厅公布的放假安排"})]
