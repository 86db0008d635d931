"""A plan's conditions said of the whole register at once, as `rules.matching.fits` says them of one entity.

Who answers for an entity and what its visits found is not in the register: whoever asks with conditions about that
annotates `layer` (the tier that answers) and `clean_visits` (visits in a row that found nothing).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from entities.models import GradeRecord, Licence
from entities.rules.codes import LicenceKind
from entities.rules.matching import in_season
from tenancy.plans import PlanDocument
from tenancy.plans.conditions import Condition
from tenancy.plans.document import Frequency

# Written out: an empty Q vanishes in ~ and |.
ALL, NONE = Q(pk__isnull=False), Q(pk__in=[])


def fitting(when: Condition, doc: PlanDocument, on: date, *, day: date | None = None) -> Q:
    """Entities the condition is about. A fact that is not known never fits a condition that asks for it.

    on: the day whose register is read; day: the day that months and seasons are held against, the same unless given.
    """
    if not in_season(when, day or on):
        return NONE
    found = ALL
    if when.business_types:
        found &= _of_types(when.business_types)
    if when.domains:
        found &= _of_types([kind.code for kind in doc.business_types if kind.domain in when.domains])
    if when.sizes:
        sized = GradeRecord.objects.filter(entity=OuterRef("pk"), valid__contains=on, size__in=when.sizes)
        found &= Q(Exists(sized))
    if when.classes:
        found &= _of_classes(when.classes, doc)
    return found & _with_columns(when) & _with_diners(when) & _annotated(when)


def _of_types(codes: Sequence[str]) -> Q:
    """By any of its activities."""
    return Q(business_type__in=codes) | Q(further_types__overlap=list(codes))


def _with_columns(when: Condition) -> Q:
    asked = {"grade__in": when.grades, "supply_way__in": when.supply_ways, "tags__overlap": list(when.tags)}
    return Q(**{column: values for column, values in asked.items() if values})


def _annotated(when: Condition) -> Q:
    found = Q(layer__in=when.tiers) if when.tiers else Q()
    return found & Q(clean_visits__gte=when.clean_visits) if when.clean_visits else found


def _of_classes(classes: Sequence[str], doc: PlanDocument) -> Q:
    """By tag, or by the main product in a production licence."""
    wanted = [risk for risk in doc.high_risk_classes if risk.code in classes]
    if not wanted:
        return NONE
    found = Q(tags__overlap=[word for risk in wanted for word in (risk.code, risk.name)])
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


def by_frequency(doc: PlanDocument, on: date, *, day: date | None = None) -> Iterator[tuple[Frequency, Q]]:
    """Each frequency line with the entities it is the first to fit on a day; none stands under two of them."""
    earlier = NONE
    for line in doc.frequency:
        here = fitting(line.when, doc, on, day=day)
        yield line, here & ~earlier
        earlier |= here
