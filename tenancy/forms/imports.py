"""What an import is sent: the workbook, and which of its columns holds what."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenancy.workbooks import UnreadableWorkbook


class UploadForm(forms.Form):
    """One workbook within the installation's limit; what is inside is the gate's business."""

    file = forms.FileField(
        label=_("Excel 文件"),
        error_messages={
            "required": _("请选择一个文件。"),
            "empty": _("这个文件是空的，请检查后重新选择。"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext("支持 .xlsx、.xls、.csv，不超过 %d MB。") % settings.IMPORT_MIB

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MIB * 2**20:
            facts = {"size": f"{file.size / 2**20:.1f}", "limit": settings.IMPORT_MIB}
            raise forms.ValidationError(UnreadableWorkbook("too-big", facts).message, code="too-big")
        return file


def read_meanings(sent: Mapping[str, Any]) -> dict[int, str]:
    """What each column of a sheet holds, from fields `column-0`, `column-1` …; those left open stay out."""
    meanings = {}
    for name in sent:
        at = name.removeprefix("column-")
        if at != name and at.isdecimal() and len(at) < 4 and (key := str(sent[name])):
            meanings[int(at)] = key
    return meanings
