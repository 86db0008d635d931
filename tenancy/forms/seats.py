"""Who takes a post in one of the plan's bodies, and when somebody leaves it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.actions.seats import SeatFacts
from tenancy.models import Post

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SeatForm(forms.Form):
    """A post of the place, or a name with its title."""

    seat = forms.ChoiceField(label=_("职务"))
    post = forms.ChoiceField(label=_("本单位岗位"), required=False)
    person_name = forms.CharField(
        label=_("或者姓名"), max_length=40, required=False, help_text=_("选了岗位就不用填；其他单位的人填这里。")
    )
    title = forms.CharField(label=_("现任职务"), max_length=60, required=False)
    since = forms.DateField(label=_("任职日期"), widget=DAY)

    def __init__(
        self, data: Any = None, *, seats: Iterable[tuple[str, str]], posts: Iterable[Post], today: date
    ) -> None:
        super().__init__(data, initial={"since": today})
        self.posts = {str(post.pk): post for post in posts}
        self.fields["seat"].choices = list(seats)  # type: ignore[attr-defined]
        names = [(pk, f"{post.person_name} {post.title}".strip()) for pk, post in self.posts.items()]
        self.fields["post"].choices = [("", _("不是本单位岗位")), *names]  # type: ignore[attr-defined]

    def asked(self) -> tuple[str, str, SeatFacts, date]:
        """Body, role, who, and from when."""
        given = self.cleaned_data
        body, _slash, role = given["seat"].partition("/")
        facts = SeatFacts(given["person_name"], given["title"], self.posts.get(given["post"]))
        return body, role, facts, given["since"]


class LeaveForm(forms.Form):
    """The last day somebody held a post."""

    last_day = forms.DateField(label=_("任到哪天（含当日）"), widget=DAY)
