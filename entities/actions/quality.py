"""Giving a kind of defect to somebody to mend, and taking it back. Whether it is done the register says itself."""

from datetime import date

from django.utils.translation import gettext as _

from entities.models import Mending
from entities.rules.quality import Defect
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.rules.refusals import Refused


def give_mending(place: Jurisdiction, defect: Defect, post: Post, due_on: date, *, by: Post, on: date) -> Mending:
    """One kind of defect in a place, until a day. Raises Refused for a day past and where it is given already."""
    words = {"place": place.name, "defect": defect.label}
    if due_on < on:
        raise Refused(_("%s 已经过去，不能作期限；请写今天或以后的日期。") % due_on.isoformat(), code="day-past")
    held = Mending.objects.select_related("post").filter(jurisdiction=place, defect=defect.value, ended_on__isnull=True)
    if standing := held.first():
        words |= {"who": standing.post.person_name, "day": standing.due_on.isoformat()}
        raise Refused(
            _("%(place)s的“%(defect)s”已分派给%(who)s，%(day)s 前补完；要换人或改期，请先收回。") % words,
            code="mending-given",
        )
    mending = Mending.objects.create(
        jurisdiction=place, place=place.path, defect=defect.value, post=post, due_on=due_on, given_by=by, given_on=on
    )
    after = {"what": defect.label, "person": post.person_name, "until": due_on.isoformat()}
    audit.record("entities.mending.given", mending, by=by, after=after)
    return mending


def withdraw_mending(mending: Mending, *, by: Post, on: date) -> None:
    """Takes it back; what was mended stays mended."""
    mending = (
        Mending.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=mending.pk)
    )
    if mending.ended_on is not None:
        raise Refused(_("这项分派已于 %s 收回，不用再办。") % mending.ended_on.isoformat(), code="mending-ended")
    mending.ended_on = on
    mending.save(update_fields=["ended_on"])
    audit.record("entities.mending.withdrawn", mending, by=by, before={"what": mending.get_defect_display()})
