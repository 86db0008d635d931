"""The empty workbook an import can be filled in: the columns, and a second sheet saying what may stand in them."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

from tenancy.workbooks.writing import Column, Sheet, write_table_plainly

# So many words are listed for a column; more are said to be more.
WORDS_AT_MOST = 400


def write_template(title: str, columns: Sequence[tuple[str, bool, Sequence[str]]], *, version: str) -> bytes:
    """The workbook's bytes; a column is its title, whether it must be filled in, and the words it may hold."""
    told = []
    for name, required, words in columns:
        said = _("只能填：") + "、".join(words[:WORDS_AT_MOST]) if words else _("照原证或实际情况填写")
        told.append((name, _("必填") if required else _("选填"), said))
    told.append((_("空格"), "", _("留空表示保留原来的内容；要删去原来的内容，请填“清空”")))
    told.append((_("模板版本"), "", version))
    guide = [Column(_("列"), width=18), Column(_("要求"), width=8), Column(_("说明"), width=90)]
    file = io.BytesIO()
    sheets = [
        Sheet(title, [Column(name) for name, _required, _words in columns], ()),
        Sheet(_("填表说明"), guide, told),
    ]
    write_table_plainly(file, sheets, footer=f"{title} {version}")
    return file.getvalue()
