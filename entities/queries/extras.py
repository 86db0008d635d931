"""本地增加的台账项: the fields a plan adds to the register, and what an entity has in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from entities.models import Entity
from entities.queries.checking import profile_of
from entities.rules.matching import fits
from entities.rules.vocabulary import SizeClass
from tenancy.models import AuditEvent
from tenancy.plans import PlanDocument
from tenancy.plans.document import ExtraField


@dataclass(frozen=True, slots=True)
class Extra:
    """One field with its value; missing where the plan wants one and there is none."""

    field: ExtraField
    value: str

    @property
    def is_missing(self) -> bool:
        return self.field.required and not self.value


def extras_of(entity: Entity, doc: PlanDocument, on: date, *, size: SizeClass | None = None) -> list[Extra]:
    """The fields that are for this entity, in the plan's order; nothing is asked of the database but its licences."""
    if not doc.extra_fields:
        return []
    profile = profile_of(entity, doc, size=size, on=on)
    return [
        Extra(field, str(entity.extras.get(field.code, "")))
        for field in doc.extra_fields
        if fits(field.when, profile, doc)
    ]


def extras_said(values: Mapping[str, str], doc: PlanDocument) -> str:
    """All values in one cell, under the names the plan has for them."""
    return "；".join(f"{name}：{values[code]}" for code, name in _named(doc) if values.get(code))


def _named(doc: PlanDocument) -> Iterator[tuple[str, str]]:
    return ((field.code, field.name) for field in doc.extra_fields)


def extras_text(event: AuditEvent) -> str:
    """The act in the entity's timeline."""
    before, after = ((facts or {}).get("extras", {}) for facts in (event.before, event.after))
    return "；".join(f"{name}：{before.get(name) or _('空')} → {value or _('空')}" for name, value in after.items())
