"""Acts on the roster of a plan's bodies: somebody takes a post in one, somebody leaves it. Nothing is erased."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Post, Seat
from tenancy.plans.document import Body, BodyRole
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """Who takes a post in a body: by name and title, or by the post he holds in this place."""

    person_name: str = ""
    title: str = ""
    post: Post | None = None

    @property
    def names(self) -> tuple[str, str]:
        """Name and title as they are kept; what is left blank is taken from the post."""
        name = tidy(self.person_name)[:40] or (self.post.person_name if self.post else "")
        return name, tidy(self.title)[:60] or (self.post.title if self.post else "")


def take_seat(place: Jurisdiction, body: str, role: str, facts: SeatFacts, *, since: date, by: Post, on: date) -> Seat:
    """Somebody holds a post of a body from a day on; refused beyond the number the plan allows."""
    require(may(by, Right.EDIT_PLAN, place.path))
    named, meant = _role(place, body, role, on)
    name, title = facts.names
    if not name:
        raise Refused(_("请填写姓名，或者选一个本单位的岗位。"), code="seat-unnamed")
    if facts.post is not None and facts.post.place != place.path:
        raise Refused(_("只能选本单位的岗位；其他单位的人请直接填写姓名和职务。"), code="seat-elsewhere")
    # Of two people at once the second counts what the first has written.
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=place.pk)
    sitting = Seat.objects.filter(jurisdiction=place, body=body, role=role, valid__overlap=DateRange(since, None))
    _still_free(meant, name, list(sitting.order_by("valid", "pk")))
    seat = Seat.objects.create(
        jurisdiction=place, place=place.path, body=body, body_name=named.name, role=role, role_name=meant.name,
        person_name=name, title=title, post=facts.post, valid=DateRange(since, None), recorded_by=by,
    )  # fmt: skip
    after = {"body": named.name, "role": meant.name, "name": name, "title": title, "since": since.isoformat()}
    audit.record("tenancy.seat.taken", seat, by=by, after=after)
    return seat


def _role(place: Jurisdiction, body: str, role: str, on: date) -> tuple[Body, BodyRole]:
    named = plan_in_force(place.path, on).value.body(body)
    meant = next((each for each in named.roles if each.code == role), None) if named else None
    if named is None or meant is None:
        raise Refused(_("实施方案里没有这个机构或职务，请刷新后重新选择。"), code="seat-unknown")
    return named, meant


def _still_free(meant: BodyRole, name: str, sitting: list[Seat]) -> None:
    words = {"role": meant.name, "name": name, "names": "、".join(seat.person_name for seat in sitting)}
    if name in [seat.person_name for seat in sitting]:
        raise Refused(_("%(name)s已经登记为“%(role)s”，不用重复登记。") % words, code="seat-twice")
    if meant.most is not None and len(sitting) >= meant.most:
        words["most"] = str(meant.most)
        raise Refused(
            _("方案规定“%(role)s”最多 %(most)s 人，现有%(names)s。请先登记前任的离任日期，再登记新任。") % words,
            code="seat-full",
        )


def leave_seat(seat: Seat, last_day: date, *, by: Post, on: date) -> Seat:
    """The last day somebody held it; the row stays as history."""
    seat = Seat.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=seat.pk)
    require(may(by, Right.EDIT_PLAN, seat.place))
    words = {"name": seat.person_name, "since": seat.valid.lower.isoformat()}
    if seat.valid.upper is not None:
        raise Refused(_("%(name)s已经登记离任，不用再登记。") % words, code="seat-left")
    if not seat.valid.lower <= last_day <= on:
        raise Refused(_("离任日期要在任职日期 %(since)s 之后，不晚于今天，请核对。") % words, code="seat-days")
    seat.valid = DateRange(seat.valid.lower, last_day + timedelta(days=1))
    seat.save(update_fields=["valid"])
    audit.record("tenancy.seat.left", seat, by=by, after={"name": seat.person_name, "last_day": last_day.isoformat()})
    return seat
