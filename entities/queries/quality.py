"""What is missing or odd in the register, as conditions on a day: filters, counts and the order of need."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from entities.models import Entity, Licence
from entities.rules.quality import WORST_FIRST, Defect, Oddity
from entities.rules.vocabulary import OperatingStatus

ACTIVE = Q(status=OperatingStatus.ACTIVE.value)
ODD = {
    Defect.ODD_NAME: Oddity.NAME,
    Defect.ODD_USCC: Oddity.USCC,
    Defect.ODD_LICENCE: Oddity.LICENCE,
    Defect.ODD_PHONE: Oddity.PHONE,
}


def having(defect: Defect, on: date) -> Q:
    """Entities in operation with this defect on a day."""
    return ACTIVE & (Q(oddities__contains=[ODD[defect].value]) if defect in ODD else _plain(on)[defect])


def _plain(on: date) -> dict[Defect, Q]:
    licences = Licence.objects.filter(entity=OuterRef("pk"))
    # A licence without a day is taken to hold.
    held = licences.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    twice = Entity.objects.filter(ACTIVE).exclude(uscc="").values("uscc").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        Defect.NO_GRADE: Q(grade=""),
        Defect.LICENCE_EXPIRED: Q(Exists(licences)) & ~Q(Exists(held)),
        Defect.NO_USCC: Q(uscc=""),
        Defect.NO_LICENCE: ~Q(Exists(licences)),
        Defect.NO_SIZE: Q(diners__isnull=True) & (Q(staff__isnull=True) | Q(revenue__isnull=True)),
        Defect.NO_ADDRESS: Q(address=""),
        Defect.NO_PRINCIPAL: Q(principal=""),
        Defect.NO_PHONE: Q(phone_last4=""),
        Defect.NO_OFFICER: Q(director="", officer=""),
        Defect.USCC_TWICE: Q(uscc__in=twice.values("uscc")),
    }


def having_any(defects: Iterable[Defect], on: date) -> Q:
    """Entities in operation with one of these defects or several."""
    return reduce(or_, (having(defect, on) for defect in defects))


def need(on: date) -> Case:
    """How much an entity needs attention: 0 the most; what is not in operation stands last."""
    ranks = [When(having_any(group, on), then=Value(rank)) for rank, group in enumerate(WORST_FIRST)]
    return Case(*ranks, When(ACTIVE, then=Value(len(ranks))), default=Value(len(ranks) + 1))


def defect_counts(on: date) -> Mapping[Defect, int]:
    """How many entities of the acting place have each defect; one query."""
    counted = Entity.objects.aggregate(**{each.name: Count("pk", filter=having(each, on)) for each in Defect})
    return {each: counted[each.name] for each in Defect}
