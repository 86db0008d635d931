"""What a filter is kept under."""

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy

from entities.forms.finding import CHOSEN, RegisterFilterForm
from tenancy.rules.names import tidy


class ViewForm(forms.Form):
    """Its name, and whether the place shares it."""

    name = forms.CharField(
        label=gettext_lazy("视图名称"),
        max_length=20,
        error_messages={
            "required": gettext_lazy("请给视图起个名称，如“许可证过期”。"),
            "max_length": gettext_lazy("名称最多 20 个字，请写短些。"),
        },
    )
    shared = forms.BooleanField(label=gettext_lazy("本单位共用"), required=False)

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])


def query_of(form: RegisterFilterForm) -> str:
    """A filter as an address has it, its parts in one order, so that the same filter is the same text."""
    given = form.cleaned_data
    pairs = [("q", given.get("q", "")), *(("grade", grade) for grade in sorted(given.get("grade", ())))]
    pairs += [(name, given.get(name, "")) for name in (*CHOSEN, "tab", "sort")]
    pairs += [(name, str(group.pk)) for name, group in form.grouped()]
    return urlencode([(name, value) for name, value in pairs if value])
