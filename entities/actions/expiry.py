"""What runs out is told to the offices: once when its day comes near and once when it is over, one notice a day."""

from datetime import date, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from entities.queries.expiry import Expiry, ExpiryFilter, expiries, expiring, notice_days
from tenancy import audit
from tenancy.models import Jurisdiction, Notice, Post
from tenancy.rules.paths import END
from tenancy.rules.roles import Role

KIND = "expiry"
NAMED = 3


def tell_expiry(tenant: Jurisdiction, *, on: date) -> int:
    """One notice for every street office with something new since its last one; gives how many were written."""
    inside = Post.objects.filter(place__gte=tenant.path, place__lt=tenant.path + END, role=Role.STREET_OFFICE.value)
    offices = list(inside.filter(valid__contains=on).order_by("pk"))
    told = dict(Notice.objects.filter(post__in=offices, kind=KIND).values_list("post").annotate(Max("due_on")))
    written = [
        notice
        for office in offices
        if (last := told.get(office.pk)) != on and (notice := _notice(office, last, on)) is not None
    ]
    made = Notice.objects.bulk_create(written, ignore_conflicts=True)
    if made:
        audit.record("entities.expiry.told", tenant, by=None, at=tenant, after={"count": len(made)})
    return len(made)


def _notice(office: Post, last: date | None, on: date) -> Notice | None:
    """What has come near or ended since the day of the last notice, in one sentence."""
    days = notice_days(office.place, on)
    listed = expiries(list(expiring(ExpiryFilter(under=office.place), on, days)))
    over = [each for each in listed if each.runs_out < on and (last is None or each.runs_out >= last)]
    near = [
        each for each in listed if each.runs_out >= on and (last is None or each.runs_out > last + timedelta(days=days))
    ]
    if not over and not near:
        return None
    return Notice(
        post=office,
        place=office.place,
        kind=KIND,
        key=f"{KIND}:{on.isoformat()}",
        text=_said(over, near, days),
        url=reverse("entities:list-expiry"),
        due_on=on,
    )


def _said(over: list[Expiry], near: list[Expiry], days: int) -> str:
    parts = []
    if over:
        parts.append(_("已过期 %(count)d 项：%(names)s") % {"count": len(over), "names": _names(over)})
    if near:
        words = {"days": days, "count": len(near), "names": _names(near)}
        parts.append(_("%(days)d 天内到期 %(count)d 项：%(names)s") % words)
    return _("%s。请联系主体续办，并更新台账。") % "；".join(parts)


def _names(lines: list[Expiry]) -> str:
    named = "、".join(f"{line.shop}（{line.what_name}）" for line in lines[:NAMED])
    return named + (_("等") if len(lines) > NAMED else "")
