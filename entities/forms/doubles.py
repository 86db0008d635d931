"""Which of two rows stays, what it takes over, and why; or why they are two."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.models import Entity
from entities.queries.doubles import FieldPair

REASON = {"required": gettext_lazy("请写明怎样判断的，如“现场核实为同一家”。")}


class MergeForm(forms.Form):
    """keeper: which of the two stays. Each field that differs is taken from the first or the second row."""

    keeper = forms.ChoiceField(label=gettext_lazy("保留哪一条"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200, error_messages=REASON)
    first_seen = forms.CharField(widget=forms.HiddenInput)
    second_seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, rows: Sequence[Entity], pairs: Sequence[FieldPair], seen: Sequence[str] = ("", "")
    ) -> None:
        initial = {"first_seen": seen[0], "second_seen": seen[1], "keeper": str(rows[0].pk)}
        super().__init__(data, initial=initial)
        self.rows, self.differing = rows, [pair for pair in pairs if pair.differs]
        keeper = self.fields["keeper"]
        assert isinstance(keeper, forms.ChoiceField)
        keeper.choices = [(str(row.pk), f"{row.name}（{row.jurisdiction.name}）") for row in rows]
        for pair in self.differing:
            choices = [("first", pair.first or "—"), ("second", pair.second or "—")]
            self.fields[pair.key] = forms.ChoiceField(
                label=pair.label,
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial="first" if pair.first else "second",
            )

    def keeps(self) -> tuple[Entity, Entity]:
        """The row that stays and the other one; only after `is_valid`."""
        first, second = self.rows
        return (first, second) if self.cleaned_data["keeper"] == str(first.pk) else (second, first)

    def seen(self) -> tuple[str, str]:
        """The versions of both, the keeper's first."""
        given = self.cleaned_data
        seen = {self.rows[0].pk: given["first_seen"], self.rows[1].pk: given["second_seen"]}
        keeper, other = self.keeps()
        return seen[keeper.pk], seen[other.pk]

    def taken(self) -> list[str]:
        """The fields the keeper takes from the other row."""
        keeper, _other = self.keeps()
        theirs = "second" if keeper.pk == self.rows[0].pk else "first"
        return [pair.key for pair in self.differing if self.cleaned_data.get(pair.key) == theirs]

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields a person chooses between."""
        return [self[pair.key] for pair in self.differing]


class ApartForm(forms.Form):
    """Why two rows that look alike are two businesses."""

    reason = forms.CharField(
        label=gettext_lazy("为什么不是同一家"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明为什么不是同一家，如“同一老板的两家门店”。")},
    )
