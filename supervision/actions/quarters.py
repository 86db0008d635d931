"""Opening a quarter: its plan is kept, every assigned entity owes its visits. Safe to run every day.

Each run brings what is not yet due to what the quarter's plan asks of the entity today; what was done, and what was
missed, stays.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import CharField, Count, DateField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from cadres.models import Assignment
from entities.models import Entity
from entities.queries.matching import by_frequency
from supervision.actions.setwise import insert_from
from supervision.models import Obligation, Quarter, TaskListVersion, Visit
from supervision.policies import may_open_quarter
from supervision.queries.profiles import clean_run, layer_on
from supervision.queries.quarters import places_with_work, plan_of
from supervision.rules.owing import Cycle, cycles_of, first_days, looks_at_the_season, still_open
from supervision.rules.task_lists import digest_of, document_of
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.document import Frequency
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.rules import periods
from tenancy.rules.paths import END
from tenancy.rules.periods import Quarter as Period
from tenancy.rules.refusals import Refused, require
from tenancy.scoping import refresh_statistics

# What the frequency asks for; visits owed for another reason are none of these statements' business.
KIND = "quarter"


def open_quarter(
    jurisdiction: Jurisdiction, quarter: periods.Quarter, *, on: date, by: Post | None = None
) -> tuple[Quarter, int]:
    """The opened quarter and how many obligations this call added.

    A second call adds only what was assigned since; entities that left operation stop owing. `by` is None for beat.
    """
    if by is not None:
        require(may_open_quarter(by, jurisdiction))
    if on not in quarter:
        raise Refused(
            _("今天（%(day)s）不在%(quarter)s内，只能启动当前季度。")
            % {"day": on.isoformat(), "quarter": quarter.label},
            code="quarter-not-now",
        )
    opened, is_new = _quarter_row(jurisdiction, quarter, on)
    plan = plan_of(opened)
    added = _owe(opened, plan.value, on)
    if added:
        refresh_statistics(Obligation)
    closed = _end_what_is_owed_no_more(opened, plan, on)
    if is_new or added or closed:
        after = {"quarter": opened.label, "added": added, "closed": closed, "plan": opened.plan_source}
        audit.record("supervision.quarter.opened", opened, by=by, at=jurisdiction, after=after)
    return opened, added


def open_current_quarters(tenant: Jurisdiction, *, on: date) -> int:
    """Opens the day's quarter wherever somebody answers for entities; gives the number of new obligations."""
    quarter = periods.quarter_of(on)
    return sum(open_quarter(place, quarter, on=on)[1] for place in places_with_work(tenant, on))


def _quarter_row(jurisdiction: Jurisdiction, quarter: periods.Quarter, on: date) -> tuple[Quarter, bool]:
    found = Quarter.objects.filter(jurisdiction=jurisdiction, label=str(quarter)).first()
    if found is not None:
        return found, False
    plan = plan_in_force(jurisdiction.path, on)
    package = periods.package_day(quarter, plan.value.quarter_package, calendar_for(jurisdiction.path))
    Quarter.objects.bulk_create(
        [
            Quarter(
                jurisdiction=jurisdiction,
                place=jurisdiction.path,
                label=str(quarter),
                start=quarter.start,
                due_on=quarter.end,
                package_on=package,
                opened_on=on,
                plan_digest=plan.digest,
                plan_source=plan.cite("frequency")[:200],
                plan=_layers(plan),
            )
        ],
        ignore_conflicts=True,
    )
    _keep_task_lists(jurisdiction, plan)
    # Whoever came first in a race, its row is the one that counts.
    return Quarter.objects.get(jurisdiction=jurisdiction, label=str(quarter)), True


def _layers(plan: ResolvedPlan) -> list[dict[str, object]]:
    return [
        {"title": layer.title, "number": layer.number, "values": layer.values, "clauses": dict(layer.clauses)}
        for layer in plan.layers
    ]


def _keep_task_lists(jurisdiction: Jurisdiction, plan: ResolvedPlan) -> None:
    documents = [document_of(checklist) for checklist in plan.value.checklists]
    TaskListVersion.objects.bulk_create(
        [
            TaskListVersion(
                jurisdiction=jurisdiction,
                place=jurisdiction.path,
                code=document["code"],
                name=document["name"],
                digest=digest_of(document),
                document=document,
            )
            for document in documents
        ],
        ignore_conflicts=True,
    )


def _visited_statuses(doc: PlanDocument) -> list[str]:
    return [status.code for status in doc.statuses if status.visited] or ["active"]


def _owe(quarter: Quarter, doc: PlanDocument, on: date) -> int:
    """What the frequency asks of each entity in operation that somebody answers for; a statement for each span."""
    assigned = Assignment.objects.in_force(on).filter(entity=OuterRef("pk"))
    owing = (
        _judged(quarter, doc, on)
        .filter(status__in=_visited_statuses(doc))
        .annotate(holder=Subquery(assigned.values("cadre")[:1]))
        .filter(holder__isnull=False)
    )
    added = 0
    for line, cycle, fits in _owed_cycles(Period.parse(quarter.label), doc, on):
        rows = owing.filter(fits)
        added += insert_from(Obligation, _values(quarter, cycle, line, on), rows)
        _take_up_again(cycle, line, rows)
    return added


def _owed_cycles(period: Period, doc: PlanDocument, on: date) -> Iterator[tuple[Frequency, Cycle, Q]]:
    """Every span that is not over, with the line that asks for it and the entities that stand under it as it begins."""
    for day in first_days(period):
        for line, fits in by_frequency(doc, on, day=day):
            running = still_open(cycles_of(period, line), on)
            yield from ((line, cycle, fits) for cycle in running if cycle.starts_on == day)


def _judged(quarter: Quarter, doc: PlanDocument, on: date) -> QuerySet[Entity]:
    """The entities of a quarter with what the frequency lines ask of them beyond the register."""
    found = _entities_of(quarter).annotate(layer=layer_on(on))
    if any(line.when.clean_visits for line in doc.frequency):
        found = found.annotate(clean_visits=clean_run())
    return found


def _entities_of(quarter: Quarter) -> QuerySet[Entity]:
    """A street opened of its own takes its entities out of what the place above opens."""
    # A row that was taken up by another still owed its visits until then, and what it owes has to end.
    inside = Entity.every.filter(place__gte=quarter.place, place__lt=quarter.place + END)
    for nested in _opened_below(quarter):
        inside = inside.exclude(place__gte=nested, place__lt=nested + END)
    return inside


def _opened_below(quarter: Quarter) -> list[str]:
    below = Quarter.objects.filter(label=quarter.label, place__gt=quarter.place, place__lt=quarter.place + END)
    return list(below.values_list("place", flat=True))


def _ordinals(cycle: Cycle, line: Frequency, quarter: Quarter) -> Combinable:
    """A row for each visit of the cycle that is still to be made."""
    return Func(
        _first_owed(cycle, Period.parse(quarter.label)),
        Value(line.times),
        function="generate_series",
        output_field=IntegerField(),
    )


def _first_owed(cycle: Cycle, quarter: Period) -> Combinable:
    """In a cycle longer than the quarter the visits of its earlier quarters count, whatever they were owed for then."""
    if not cycle.outlasts(quarter):
        return Value(1)
    earlier = Visit.objects.filter(
        entity=OuterRef("pk"),
        outcome="done",
        voided_on=None,
        visited_on__gte=cycle.starts_on,
        visited_on__lt=quarter.start,
    )
    made = earlier.order_by().values("entity").annotate(made=Count("pk")).values("made")
    return Coalesce(Subquery(made), 0) + 1


def _values(quarter: Quarter, cycle: Cycle, line: Frequency, on: date) -> dict[str, Combinable]:
    return {
        "place": F("place"),
        "entity": F("pk"),
        "quarter": Value(quarter.pk),
        "kind": Value(KIND),
        "cycle": Value(cycle.code),
        "ordinal": _ordinals(cycle, line, quarter),
        "times": Value(line.times),
        "starts_on": Cast(Value(cycle.starts_on), DateField()),
        "opened_on": Cast(Value(on), DateField()),
        "due_on": Cast(Value(cycle.due_on), DateField()),
        "counted_quarter": Value(cycle.counted_quarter),
        "closed_reason": Value(""),
        "counted_in": F("jurisdiction__id_path"),
        "counted_tier": Coalesce(F("layer"), Value(""), output_field=CharField()),
        "counted_grade": F("grade"),
        "counted_holder": F("holder"),
    }


def _take_up_again(cycle: Cycle, line: Frequency, owing: QuerySet[Entity]) -> None:
    """What was ended before it fell due is owed again when the entity is visited again."""
    ended = Obligation.objects.filter(closed_on__isnull=False, kind=KIND, cycle=cycle.code, ordinal__lte=line.times)
    ended.filter(entity__in=owing.values("pk")).update(closed_on=None, closed_reason="")


def _end_what_is_owed_no_more(quarter: Quarter, plan: ResolvedPlan, on: date) -> int:
    """An entity that closed, or whose frequency changed, owes nothing more of what is not due; what was done stays."""
    doc, period = plan.value, Period.parse(quarter.label)
    inside = _judged(quarter, doc, on)
    running = Obligation.objects.unmet().filter(kind=KIND, due_on__gte=on)
    gone = running.filter(entity__in=inside.exclude(status__in=_visited_statuses(doc)).values("pk"))
    ended = gone.update(closed_on=on, closed_reason=_("主体已停业、歇业、注销或吊销"))
    changed = _("督导频次已变（%s）") % plan.cite("frequency")
    for begun, line, fits in _judged_lines(period, doc, on):
        kept = Q(cycle__in=[cycle.code for cycle in cycles_of(period, line)], ordinal__lte=line.times)
        outgrown = running.filter(begun, entity__in=inside.filter(fits).values("pk")).exclude(kept)
        ended += outgrown.update(closed_on=on, closed_reason=changed[:200])
    return ended


def _judged_lines(period: Period, doc: PlanDocument, on: date) -> Iterator[tuple[Q, Frequency, Q]]:
    """Which obligations, the line they are held against, its entities: by the day they began on where that matters."""
    if not looks_at_the_season(doc.frequency):
        yield from ((Q(), line, fits) for line, fits in by_frequency(doc, on))
        return
    for day in first_days(period):
        for line, fits in by_frequency(doc, on, day=day):
            yield Q(starts_on=day), line, fits
