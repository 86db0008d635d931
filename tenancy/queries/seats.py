"""The bodies of a plan with whoever holds their posts, now and before."""

from dataclasses import dataclass, field
from datetime import date

from tenancy.models import Jurisdiction, Seat
from tenancy.plans.document import Body, BodyRole
from tenancy.queries.plans import plan_in_force


@dataclass(frozen=True)
class RoleHeld:
    """A post of a body: who holds it on the day, who did before or will later."""

    role: BodyRole
    now: list[Seat] = field(default_factory=list)
    others: list[Seat] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.role.most is not None and len(self.now) >= self.role.most


@dataclass(frozen=True)
class BodyHeld:
    """A body of the plan, with its source."""

    body: Body
    source: str
    roles: list[RoleHeld]


def bodies_at(place: Jurisdiction, on: date) -> tuple[list[BodyHeld], list[Seat]]:
    """The bodies with posts of the plan in force there, and seats of posts the plan no longer names; two queries."""
    plan = plan_in_force(place.path, on)
    left = list(Seat.objects.filter(jurisdiction=place).order_by("-valid", "pk"))
    bodies = []
    for body in plan.value.bodies:
        roles = []
        for role in sorted(body.roles, key=lambda each: each.order):
            mine = [seat for seat in left if (seat.body, seat.role) == (body.code, role.code)]
            left = [seat for seat in left if seat not in mine]
            now = [seat for seat in mine if holds(seat, on)]
            roles.append(RoleHeld(role, now, [seat for seat in mine if seat not in now]))
        if roles:
            bodies.append(BodyHeld(body, plan.cite("bodies", body.clause), roles))
    return bodies, left


def holds(seat: Seat, on: date) -> bool:
    return bool(seat.valid.lower <= on and (seat.valid.upper is None or on < seat.valid.upper))


def holders_on(place: str, on: date) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(body, role) -> title and name of whoever holds it on a day, for the printed roster."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for seat in Seat.objects.filter(place=place, valid__contains=on).order_by("valid", "pk"):
        found.setdefault((seat.body, seat.role), []).append((seat.title, seat.person_name))
    return found
