"""A plan's conditions said of the whole register at once, as `rules.matching.fits` says them of one entity."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from entities.models import GradeRecord, Licence
from entities.rules.codes import LicenceKind
from tenancy.plans import PlanDocument
from tenancy.plans.conditions import Condition
from tenancy.plans.document import Frequency

# Written out: an empty Q vanishes in ~ and |.
ALL, NONE = Q(pk__isnull=False), Q(pk__in=[])


def fitting(when: Condition, doc: PlanDocument, on: date) -> Q:
    """Entities the condition is about. A fact that is not known never fits a condition that asks for it."""
    found = ALL
    if when.business_types:
        found &= Q(business_type__in=when.business_types)
    if when.domains:
        found &= Q(business_type__in=[kind.code for kind in doc.business_types if kind.domain in when.domains])
    if when.sizes:
        sized = GradeRecord.objects.filter(entity=OuterRef("pk"), valid__contains=on, size__in=when.sizes)
        found &= Q(Exists(sized))
    if when.grades:
        found &= Q(grade__in=when.grades)
    if when.tags:
        found &= Q(tags__overlap=list(when.tags))
    if when.classes:
        found &= _of_classes(when.classes, doc)
    return found & _with_diners(when)


def _of_classes(classes: Sequence[str], doc: PlanDocument) -> Q:
    """By tag, or by the main product in a production licence."""
    wanted = [risk for risk in doc.high_risk_classes if risk.code in classes]
    if not wanted:
        return NONE
    found = Q(tags__overlap=[risk.code for risk in wanted])
    categories = sorted({category for risk in wanted for category in risk.licence_categories})
    if categories:
        number = f"^{LicenceKind.PRODUCTION}({'|'.join(categories)})"
        found |= Q(Exists(Licence.objects.filter(entity=OuterRef("pk"), number__regex=number)))
    return found


def _with_diners(when: Condition) -> Q:
    if when.diners is None:
        return Q()
    found = Q(diners__isnull=False)
    if when.diners.min is not None:
        found &= Q(diners__gte=when.diners.min)
    if when.diners.max is not None:
        found &= Q(diners__lte=when.diners.max)
    return found


def by_frequency(doc: PlanDocument, on: date) -> Iterator[tuple[Frequency, Q]]:
    """Each frequency line with the entities it is the first to fit; no entity stands under two of them."""
    earlier = NONE
    for line in doc.frequency:
        here = fitting(line.when, doc, on)
        yield line, here & ~earlier
        earlier |= here
