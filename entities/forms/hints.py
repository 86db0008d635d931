"""Why a hint is not followed."""

from django import forms
from django.utils.translation import gettext_lazy


class DismissForm(forms.Form):
    """Said to whoever finds the same record later."""

    reason = forms.CharField(
        label=gettext_lazy("不采用的理由"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明为什么不采用，如“已换新证，尚未录入”。")},
    )
