"""变动事项: taken back while nothing rests on it, handed out as a workbook, settled and reminded of day by day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from entities.actions import lifecycle
from entities.actions.changes import settle_changes
from entities.models import Entity, EntityChange
from reports.queries.changes import ChangeFilter, changes, listed_changes, printed_changes, used_since
from reports.workbooks import changes_workbook
from tenancy import audit
from tenancy.models import Jurisdiction, Notice, Post
from tenancy.queries.calendars import Calendars
from tenancy.queries.plans import LocalPlans, local_plans, plan_in_force
from tenancy.rules.paths import ancestors_of
from tenancy.rules.periods import Reminder, reminder_dates
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role

OFFICES = (Role.STREET_OFFICE.value, Role.DISTRICT_OFFICE.value)
UPPER = "upper_office"
NAMED = 3


def undo_change(change: EntityChange, *, by: Post, on: date) -> Entity:
    """Takes a change back as long as no assignment and no visit rests on it."""
    if used := used_since(change):
        words = {"name": change.entity.name, "used": used}
        raise Refused(_("“%(name)s”%(used)s，这项变动不能撤销；请按现在的情况重新登记变动。") % words, code="undo-used")
    return lifecycle.undo_change(change, by=by, on=on)


def export_changes(place: Jurisdiction, asked: ChangeFilter, *, by: Post, on: date) -> bytes:
    """The rows of the page under its filters, as a workbook."""
    doc = plan_in_force(place.path, on).value
    rows = printed_changes(listed_changes(place, asked, on), doc)
    audit.record("reports.changes.exported", place, by=by, at=place, after={"rows": len(rows)})
    title = _("%s变动事项") % doc.names.entity
    return changes_workbook(title, f"{place.name}{doc.names.commission_office}", on, rows)


def follow_changes(tenant: Jurisdiction, *, on: date, at: datetime) -> int:
    """Writes down what is settled by now and reminds the offices of the rest; gives how many notices were new.

    Safe to repeat: what is settled stays so, and a step of the ladder is said once.
    """
    found = changes(tenant.path, on).filter(settled_on=None)
    settle_changes(tenant, found.filter(is_settled=True).values_list("pk", flat=True), on=on)
    notices = list(_notices(tenant, found.filter(is_settled=False).exclude(due_on=None), on))
    told = set(Notice.objects.filter(kind="change").values_list("post", "key"))
    fresh = [each for each in notices if (each.post_id, each.key) not in told]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        audit.record("reports.changes.reminded", tenant, by=None, at=tenant, after={"count": len(fresh)})
    return len(fresh)


def _notices(tenant: Jurisdiction, running: Iterable[EntityChange], on: date) -> Iterator[Notice]:
    """One sentence for each office, due day and step: the latest step of its audience that has come."""
    plans, calendars = local_plans(tenant.path, on), Calendars.around(tenant.path)
    offices = _offices(tenant, on)
    groups: dict[tuple[str, date, Reminder], list[EntityChange]] = defaultdict(list)
    for change in running.select_related("entity").order_by("place", "entity__sort_key", "pk"):  # type: ignore[attr-defined]
        for step in _steps(change, plans, calendars, on):
            if office := _office_for(change.place, step.to, offices):
                groups[office, change.due_on, step].append(change)
    for (office, due_on, step), due in groups.items():
        names = list(dict.fromkeys(change.entity.name for change in due))
        words = {"count": len(names), "names": "、".join(names[:NAMED]), "due": f"{due_on:%m月%d日}"}
        text = _("%(count)d 家主体有变动，%(due)s前要调整包保关系：%(names)s") % words
        text = (
            _("%(count)d 家主体的变动已超过 %(due)s的期限，还没有调整包保关系：%(names)s") % words
            if on > due_on
            else text
        )
        text += _("等。") if len(names) > NAMED else "。"
        for post in offices[office]:
            key = f"change:{due_on}:{step.to}:{step.offset_wd}"
            yield Notice(
                post=post, place=post.place, key=key, kind="change", text=text, due_on=due_on,
                url=reverse("reports:list-changes"),
            )  # fmt: skip


def _steps(change: EntityChange, plans: LocalPlans, calendars: Calendars, on: date) -> list[Reminder]:
    """The last step of the plan's ladder that has come, for the office and for the one above it.

    Here it is the office that owes, so that what the ladder says to whoever owes is said to the office.
    """
    ladder = plans.at(change.place).value.reminders
    assert change.due_on is not None
    dates = reminder_dates(ladder, change.due_on, calendars.of(change.place), opened=change.recorded_on)
    return list({step.to == UPPER: step for step in dates if step.on <= on}.values())


def _offices(tenant: Jurisdiction, on: date) -> dict[str, list[Post]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in Post.objects.filter(role__in=OFFICES, valid__contains=on).order_by("pk"):
        found[post.place].append(post)
    return found


def _office_for(place: str, audience: str, offices: dict[str, list[Post]]) -> str | None:
    """The place of the office nearest to an entity, or of the one above that."""
    line = [path for path in reversed(ancestors_of(place)) if path in offices]
    return next(iter(line[1:] if audience == UPPER else line), None)
