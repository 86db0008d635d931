"""Reminders of first rounds: to each cadre who still owes one, on the rungs of the plan's own ladder, each rung once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.models import Assignment
from supervision.queries.first_rounds import meant_in
from tenancy.models import Jurisdiction, Notice, Plan
from tenancy.plans import ResolvedPlan
from tenancy.plans.document import FirstRound
from tenancy.queries.plans import calendar_for, following, plan_in_force
from tenancy.rules.paths import END
from tenancy.rules.periods import reminder_dates

NAMED = 3
# No ladder reaches further from its day, and what is as old as this is nobody's news.
REACH = timedelta(days=200)


@dataclass(frozen=True)
class Owing:
    """What one post still owes of one round."""

    post: int
    place: str
    entities: tuple[str, ...]


def write_round_reminders(tenant: Jurisdiction, *, on: date, at: datetime) -> int:
    """The latest rung that has come of every first round in the tenant; gives how many notices were new."""
    written = 0
    for plan, inside in _plans_in_force(tenant, on):
        resolved = plan_in_force(plan.place, on)
        for terms in resolved.value.first_rounds:
            if abs(terms.by - on) <= REACH and (rung := _rung(resolved, terms, plan, on)) is not None:
                key = f"first-round:{plan.pk}:{terms.code}:{rung}"
                written += _tell(key, terms, _owing(resolved, terms, inside, plan.valid.lower, on), on=on, at=at)
    return written


def _plans_in_force(tenant: Jurisdiction, on: date) -> Iterator[tuple[Plan, Q]]:
    """Each plan of the tenant with the places that follow it: its subtree without those that have their own."""
    found = list(Plan.objects.filter(place__gte=tenant.path, place__lt=tenant.path + END, valid__contains=on))
    roots = [plan.place for plan in found]
    return ((plan, following(plan.place, roots)) for plan in found)


def _rung(resolved: ResolvedPlan, terms: FirstRound, plan: Plan, on: date) -> int | None:
    """The offset of the cadres' latest rung that has come; None before the first."""
    ladder = [step for step in resolved.value.reminders if step.to == "holder"]
    come = reminder_dates(ladder, terms.by, calendar_for(plan.place), opened=plan.valid.lower)
    return next((step.offset_wd for step in reversed(come) if step.on <= on), None)


def _owing(resolved: ResolvedPlan, terms: FirstRound, inside: Q, since: date, on: date) -> list[Owing]:
    missing = meant_in(resolved, terms, inside, since, on).filter(is_done=False)
    if terms.kind == "every_cadre":
        return [Owing(cadre.post_id, cadre.place, ()) for cadre in missing]
    held = Assignment.objects.in_force(on).filter(entity__in=missing.order_by().values("pk"))
    held = held.filter(cadre__post__valid__contains=on).order_by("entity__sort_key", "entity_id")
    names: dict[tuple[int, str], list[str]] = {}
    for post, place, name in held.values_list("cadre__post_id", "cadre__place", "entity__name"):
        names.setdefault((post, place), []).append(name)
    return [Owing(post, place, tuple(found)) for (post, place), found in names.items()]


def _tell(key: str, terms: FirstRound, owing: list[Owing], *, on: date, at: datetime) -> int:
    told = set(Notice.objects.filter(key=key).values_list("post_id", flat=True)) if owing else set()
    url = reverse("supervision:my-visits")
    new = [
        Notice(
            post_id=each.post, place=each.place, key=key, kind="first_round", text=_text(terms, each, late=on > terms.by),
            url=url, due_on=terms.by, created_at=at,
        )
        for each in owing
        if each.post not in told
    ]  # fmt: skip
    # Another run beside this one may have told somebody meanwhile.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _text(terms: FirstRound, owing: Owing, *, late: bool) -> str:
    names = "、".join(owing.entities[:NAMED]) + ("等" if len(owing.entities) > NAMED else "")
    words = {"round": terms.name, "count": len(owing.entities), "names": names, "due": f"{terms.by:%Y年%m月%d日}"}
    if not owing.entities:
        said = _("首轮督导“%(round)s”：您还没有督导过。") % words
    else:
        said = _("首轮督导“%(round)s”：您还有 %(count)d 家没有督导：%(names)s。") % words
    return said + (_("期限 %(due)s 已过，请尽快补做。") if late else _("期限 %(due)s。")) % words
