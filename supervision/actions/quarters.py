"""Opening a quarter: its plan is kept and every assigned entity owes one visit. Safe to run every day."""

from datetime import date

from django.db.models import CharField, DateField, F, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from cadres.models import Assignment
from entities.models import Entity
from supervision.actions.setwise import insert_from
from supervision.models import Obligation, Quarter, TaskListVersion
from supervision.policies import may_open_quarter
from supervision.queries.quarters import places_with_work, plan_of
from supervision.rules.task_lists import digest_of, document_of
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.rules import periods
from tenancy.rules.paths import END
from tenancy.rules.refusals import Refused, require
from tenancy.scoping import refresh_statistics


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
    doc = plan_of(opened).value
    added = _owe(opened, doc, on)
    if added:
        refresh_statistics(Obligation)
    closed = _close_for_entities_out_of_operation(opened, doc, on)
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
    """One obligation for each entity in operation that somebody answers for, in one statement."""
    assigned = Assignment.objects.in_force(on).filter(entity=OuterRef("pk"))
    owing = (
        Entity.objects.filter(place__gte=quarter.place, place__lt=quarter.place + END)
        .filter(status__in=_visited_statuses(doc))
        .annotate(holder=Subquery(assigned.values("cadre")[:1]), layer=Subquery(assigned.values("tier")[:1]))
        .filter(holder__isnull=False)
    )
    # A street opened of its own takes its entities out of what the place above opens.
    for nested in _opened_below(quarter):
        owing = owing.exclude(place__gte=nested, place__lt=nested + END)
    values: dict[str, Combinable] = {
        "place": F("place"),
        "entity": F("pk"),
        "quarter": Value(quarter.pk),
        "kind": Value("quarter"),
        "opened_on": Cast(Value(on), DateField()),
        "due_on": Cast(Value(quarter.due_on), DateField()),
        "closed_reason": Value(""),
        "counted_in": F("jurisdiction__id_path"),
        "counted_tier": Coalesce(F("layer"), Value(""), output_field=CharField()),
        "counted_grade": F("grade"),
        "counted_holder": F("holder"),
    }
    return insert_from(Obligation, values, owing)


def _opened_below(quarter: Quarter) -> list[str]:
    below = Quarter.objects.filter(label=quarter.label, place__gt=quarter.place, place__lt=quarter.place + END)
    return list(below.values_list("place", flat=True))


def _close_for_entities_out_of_operation(quarter: Quarter, doc: PlanDocument, on: date) -> int:
    """An entity that closed before it was visited owes nothing more; what was done stays done."""
    gone = Obligation.objects.unmet().filter(quarter=quarter).exclude(entity__status__in=_visited_statuses(doc))
    return gone.update(closed_on=on, closed_reason=_("主体已停业、歇业、注销或吊销"))
