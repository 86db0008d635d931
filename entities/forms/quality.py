"""Which kind of defect is given to whom, where and until when."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.forms.grading import DayField
from entities.forms.register import area_choices
from entities.rules.ledger import Area
from entities.rules.quality import Defect
from tenancy.models import Post


class MendingForm(forms.Form):
    """Everything an assignment of mending says."""

    defect = forms.ChoiceField(label=gettext_lazy("资料问题"), choices=[(each.value, each.label) for each in Defect])
    place = forms.ChoiceField(label=gettext_lazy("范围"))
    post = forms.ChoiceField(label=gettext_lazy("谁来补"))
    due_on = DayField(label=gettext_lazy("期限"))

    def __init__(self, data: Any = None, *, areas: Sequence[Area], posts: Iterable[Post], on: date) -> None:
        super().__init__(data)
        self._offer("place", area_choices(areas))
        self._offer("post", [(str(post.pk), str(post)) for post in posts])
        self.fields["due_on"].widget.attrs["min"] = on.isoformat()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages["invalid_choice"] = _("请从列出的里面选。")
