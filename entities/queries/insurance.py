"""参保: who of the classes a plan wants insured has a policy in force, and who has none."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from entities.models import Entity, Insurance
from entities.queries.matching import fitting
from entities.queries.quality import ACTIVE
from tenancy.plans import PlanDocument, ResolvedPlan

ALL_CLASSES = "all"
STATES = ("insured", "missing")


@dataclass(frozen=True, slots=True)
class InsuredClass:
    """One class of the plan; `all` stands for every entity in operation."""

    code: str
    name: str
    cited: str
    total: int
    insured: int

    @property
    def missing(self) -> int:
        """How many have no policy in force."""
        return self.total - self.insured

    @property
    def percent(self) -> str:
        """Of the class that is insured, two places; empty where nobody is in it."""
        return f"{self.insured * 100 / self.total:.2f}%" if self.total else ""


def covered(on: date) -> Exists:
    """A policy whose days hold this one."""
    return Exists(Insurance.objects.filter(entity=OuterRef("pk"), valid_from__lte=on, valid_until__gte=on))


def insured_classes(plan: ResolvedPlan, on: date) -> list[InsuredClass]:
    """Every class of the plan with its counts in the acting place, then all in operation; one query."""
    wanted = {f"c{index}": _of(plan.value, line.code, on) for index, line in enumerate(plan.value.insured_classes)}
    wanted["whole"] = ACTIVE
    counts = {name: Count("pk", filter=one) for name, one in wanted.items()}
    counts |= {f"{name}_insured": Count("pk", filter=one & Q(covered(on))) for name, one in wanted.items()}
    found = Entity.objects.aggregate(**counts)
    lines = [
        (f"c{index}", line.code, line.name, plan.cite("insured_classes", line.clause))
        for index, line in enumerate(plan.value.insured_classes)
    ]
    lines.append(("whole", ALL_CLASSES, "全部在营主体", ""))
    return [InsuredClass(code, name, cited, found[key], found[f"{key}_insured"]) for key, code, name, cited in lines]


def insured_list(doc: PlanDocument, code: str, state: str, on: date) -> QuerySet[Entity]:
    """The entities behind a number, by community and name; of an unknown class none."""
    found = Entity.objects.filter(_of(doc, code, on))
    if state in STATES:
        found = found.filter(covered(on) if state == "insured" else ~Q(covered(on)))
    return found.order_by("place", "sort_key", "pk")


def _of(doc: PlanDocument, code: str, on: date) -> Q:
    if code == ALL_CLASSES:
        return ACTIVE
    line = next((each for each in doc.insured_classes if each.code == code), None)
    return ACTIVE & fitting(line.when, doc, on) if line else Q(pk__in=[])
