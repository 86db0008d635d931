"""What is missing or odd in the register, as conditions on a day: filters, counts and the order of need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from entities.models import Entity, Licence, Mending
from entities.rules.quality import WORST_FIRST, Defect, Oddity, required_by
from entities.rules.vocabulary import LicenceState, OperatingStatus
from tenancy.models import Post
from tenancy.plans import PlanDocument
from tenancy.rules.paths import END
from tenancy.rules.roles import ROLES, Right

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


# Field of the ledger -> an entity in whose row it stands empty. A seller who goes about is found where he sells.
LACKING = {
    "licence": ~Q(Exists(Licence.objects.filter(entity=OuterRef("pk")))),
    "uscc": Q(uscc=""),
    "address": Q(address="", sells_at=""),
    "principal": Q(principal=""),
    "phone": Q(phone_last4=""),
    "staff": Q(staff=None),
    "revenue": Q(revenue=None),
    "diners": Q(diners=None),
    "director": Q(director=""),
    "officer": Q(officer=""),
}


def has_licence(on: date) -> Exists:
    """A licence that has not run out; one without an end holds."""
    held = Licence.objects.filter(entity=OuterRef("pk"), state=LicenceState.IN_FORCE.value)
    return Exists(held.filter(Q(valid_until=None) | Q(valid_until__gte=on)))


def _plain(on: date) -> dict[Defect, Q]:
    twice = Entity.objects.filter(ACTIVE).exclude(uscc="").values("uscc").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        Defect.NO_GRADE: Q(grade=""),
        Defect.LICENCE_EXPIRED: ~LACKING["licence"] & ~Q(has_licence(on)),
        Defect.NO_USCC: LACKING["uscc"],
        Defect.NO_LICENCE: LACKING["licence"],
        Defect.NO_SIZE: LACKING["diners"] & (LACKING["staff"] | LACKING["revenue"]),
        Defect.NO_ADDRESS: LACKING["address"],
        Defect.NO_PRINCIPAL: LACKING["principal"],
        Defect.NO_PHONE: LACKING["phone"],
        Defect.NO_OFFICER: LACKING["director"] & LACKING["officer"],
        Defect.USCC_TWICE: Q(uscc__in=twice.values("uscc")),
    }


def having_any(defects: Iterable[Defect], on: date) -> Q:
    """Entities in operation with one of these defects or several."""
    return reduce(or_, (having(defect, on) for defect in defects))


def need(on: date) -> Case:
    """How much an entity needs attention: 0 the most; what is not in operation stands last."""
    ranks = [When(having_any(group, on), then=Value(rank)) for rank, group in enumerate(WORST_FIRST)]
    return Case(*ranks, When(ACTIVE, then=Value(len(ranks))), default=Value(len(ranks) + 1))


@dataclass(frozen=True)
class Quality:
    """One kind of defect: how many have it, whether the plan asks for it, and who mends it where."""

    defect: Defect
    count: int
    required: bool
    mendings: tuple[tuple[Mending, int], ...]


def quality(doc: PlanDocument, on: date) -> list[Quality]:
    """Every kind of defect in the acting place, those the plan asks for first; two queries.

    Whether a mending is done follows from the register: how many entities of its place still have the defect.
    """
    mendings = list(open_mendings())
    wanted = {each.name: having(each, on) for each in Defect}
    for each in mendings:
        inside = Q(place__gte=each.place, place__lt=each.place + END)
        wanted[f"mending{each.pk}"] = having(Defect(each.defect), on) & inside
    counted = Entity.objects.aggregate(**{name: Count("pk", filter=one) for name, one in wanted.items()})
    asked = required_by(doc.required_fields)
    found = [
        Quality(
            defect,
            counted[defect.name],
            defect in asked,
            tuple((each, counted[f"mending{each.pk}"]) for each in mendings if each.defect == defect),
        )
        for defect in Defect
    ]
    return sorted(found, key=lambda each: not each.required)


def open_mendings() -> QuerySet[Mending]:
    """What is given to somebody and not withdrawn, the nearest day first."""
    return Mending.objects.filter(ended_on__isnull=True).select_related("post", "jurisdiction").order_by("due_on", "pk")


def menders(on: date) -> QuerySet[Post]:
    """The posts of the acting place that may open the lists behind the numbers."""
    roles = [role.value for role, facts in ROLES.items() if Right.VIEW_REGISTER in facts.rights]
    return (
        Post.objects.filter(role__in=roles, valid__contains=on).select_related("jurisdiction").order_by("place", "pk")
    )


def left_to_mend(post: Post, on: date) -> tuple[int, date | None]:
    """How many defects a post was given that still stand, and the nearest of their days; two queries."""
    mine = list(open_mendings().filter(post=post))
    wanted = {
        f"mending{each.pk}": having(Defect(each.defect), on) & Q(place__gte=each.place, place__lt=each.place + END)
        for each in mine
    }
    if not mine:
        return 0, None
    counted = Entity.objects.aggregate(**{name: Count("pk", filter=one) for name, one in wanted.items()})
    left = [(each, counted[f"mending{each.pk}"]) for each in mine if counted[f"mending{each.pk}"]]
    return sum(count for _each, count in left), min((each.due_on for each, _count in left), default=None)
