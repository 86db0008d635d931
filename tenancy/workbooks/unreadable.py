"""Why a spreadsheet cannot be taken, and the limits that decide it.

Every refusal of this package is one code and one Chinese sentence: what, why, how to mend. No parser is known here.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may cost. The child process enforces the last four on itself."""

    file_bytes: int = 10 * MIB
    members: int = 200
    inflated_bytes: int = 100 * MIB
    ratio: int = 100
    sheets: int = 20
    rows: int = 50_000
    columns: int = 60
    cell_characters: int = 32_767
    rules: int = 2_000
    merges: int = 10_000
    merged_cells: int = 300_000
    strings: int = 1_500_000
    styles: int = 70_000
    result_bytes: int = 96 * MIB
    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 20
    wall_seconds: int = 30


MESSAGES = {
    "empty": _("文件是空的，没有任何内容。请确认选对了文件，保存后重新上传。"),
    "too-big": _("文件有%(size)s MB，超过%(limit)s MB的上限。请删去图片和无关的工作表，或分成几个文件上传。"),
    "unsupported": _("不支持“%(suffix)s”格式。请用Excel或WPS打开，另存为 .xlsx 后上传；也可以上传 .xls 或 .csv。"),
    "wrong-type": _(
        "文件名以 %(suffix)s 结尾，内容却是%(actual)s，不能按名字读取。请用Excel或WPS打开，另存为 .xlsx 后上传。"
    ),
    "encrypted": _("文件设有打开密码，系统读不了。请在Excel或WPS中取消密码，保存后重新上传。"),
    "damaged": _("文件不完整或结构异常，无法打开。请用Excel或WPS打开，另存为新的 .xlsx 后重新上传。"),
    "too-large": _(
        "文件展开后的内容过大，超出系统允许的范围。常见原因是很靠后的行列里有零散内容，或含大量重复格式。"
        "请把数据复制到新的工作簿后重新上传。"
    ),
    "active-content": _(
        "文件中含有%(what)s，出于安全考虑不予读取。请把数据以“值”粘贴到新的工作簿，另存为 .xlsx 后上传。"
    ),
    "unsafe-xml": _("文件内部含有不允许的声明，可能被改动过。请把数据复制到新的工作簿，另存为 .xlsx 后上传。"),
    "too-many": _("%(where)s的%(what)s超过%(limit)s的上限。请删去多余的部分，或分成几个文件上传。"),
    "too-complex": _(
        "文件中的%(what)s过多或范围过大，超出系统允许的范围。请清除后重新上传，或把数据以“值”粘贴到新的工作簿。"
    ),
    "cell-too-long": _("%(where)s第%(row)s行第%(column)s列的内容超过%(limit)s个字。请缩短后重新上传。"),
    "encoding": _("文字编码无法识别，或混有非文字内容。请用Excel或WPS打开，另存为 .xlsx 后上传。"),
    "too-slow": _("文件过于复杂，在限定时间内没有读完。请删去无关的工作表和格式，或分成几个文件上传。"),
    "unreadable": _("系统无法读取这个文件的内容。请用Excel或WPS打开，另存为新的 .xlsx 后重新上传。"),
}

WHATS = {
    "sheets": _("工作表数"),
    "rows": _("行数"),
    "columns": _("列数"),
    "workbook": _("工作簿"),
    "macro": _("宏"),
    "external": _("指向其他文件的外部链接"),
    "embedded": _("嵌入的对象"),
    "control": _("控件"),
    "template": _("打开时从别处取用的模板"),
    "rules": _("条件格式或数据有效性规则"),
    "merges": _("合并单元格"),
    "strings": _("文字条目"),
    "styles": _("单元格样式"),
    "members": _("内部组成部分"),
    "xls": _("旧版Excel工作簿（.xls）"),
    "xlsx": _("Excel工作簿（.xlsx）"),
    "xlsb": _("Excel二进制工作簿（.xlsb）"),
    "word": _("Word文档"),
    "slides": _("演示文稿"),
    "archive": _("压缩包"),
    "web": _("网页"),
    "pdf": _("PDF文件"),
    "picture": _("图片"),
    "text": _("普通文本"),
    "other": _("其他格式的文件"),
}


class UnreadableWorkbook(Exception):
    """A spreadsheet that is not taken: `code` for programs, `message` for the person who uploaded it."""

    def __init__(self, code: str, facts: dict[str, object] | None = None) -> None:
        self.code = code if code in MESSAGES else "unreadable"
        self.facts = facts or {}
        super().__init__(self.code)

    @property
    def message(self) -> str:
        facts = {name: WHATS.get(str(value), value) for name, value in self.facts.items()}
        return str(MESSAGES[self.code]) % facts
