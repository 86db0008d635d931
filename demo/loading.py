"""Puts the demo's places, plans, logins and papers into the database; every function is safe to repeat."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import yaml
from django.urls import reverse
from django.utils import timezone

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.actions.roster import ROSTER
from cadres.models import Cadre, ResponsibilityList
from cadres.queries.coverage import scope_of
from cadres.queries.proposals import over_full
from commitments.actions import issue_letters
from demo import suining
from entities.actions.ledger import LEDGER
from entities.models import Entity
from entities.rules.vocabulary import Grade
from reports.actions.figures import refresh_ratios
from supervision.actions.quarters import open_current_quarters
from tenancy.actions.accounts import appoint, create_login, give_login
from tenancy.actions.divisions import lay_down, root_path, shipped_line
from tenancy.actions.imports import ImportKind, commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.invitations import invite
from tenancy.fields import Phone
from tenancy.models import Jurisdiction, Post, User
from tenancy.queries.tree import find_place
from tenancy.rules.paths import tenant_of
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in

HERE = Path(__file__).parent
PEOPLE: dict[str, Any] = yaml.safe_load((HERE / "people.yaml").read_text())
PASSWORD: str = PEOPLE["password"]
STREET = "闵行区/古美路街道"
SINCE = date(2026, 1, 1)


def load_places() -> Jurisdiction:
    """The district, its street and communities with the street's plan."""
    line = shipped_line(STREET)
    with acting_in(root_path(line)):
        return lay_down(line, on=SINCE, by=None)


def load_people() -> None:
    """The logins of people.yaml whose place exists."""
    for person in PEOPLE["people"]:
        place = find_place(person["place"])
        if place is None or User.objects.filter(username=person["login"]).exists():
            continue
        with acting_in(place.path):
            appoint(
                place,
                role=Role(person["role"]),
                person_name=person["name"],
                title=person["title"],
                user=create_login(person["login"], password=PASSWORD),
                since=SINCE,
                by=None,
            )


def post_of(login: str) -> Post:
    """The post of a demo login, readable inside its place."""
    return Post.objects.select_related("jurisdiction", "user").get(user__username=login)


def load_papers(place: Jurisdiction, clerk: Post, *, now: datetime) -> None:
    """Roster, ledger, assignments, letters and the open quarter, as the clerk would have made them."""
    on = timezone.localdate(now)
    if not Cadre.objects.exists():
        import_data(place, ROSTER, "roster.xlsx", (HERE / "roster.xlsx").read_bytes(), by=clerk, now=now)
    if not Entity.objects.exists():
        import_data(place, LEDGER, "ledger.xlsx", (HERE / "ledger.xlsx").read_bytes(), by=clerk, now=now)
    if not ResponsibilityList.objects.exists():
        assign(place, by=clerk, on=on)
    issue_letters(place, by=clerk, on=on)
    open_current_quarters(Jurisdiction.objects.get(path=tenant_of(place.path)), on=on)


def import_data(place: Jurisdiction, kind: ImportKind, name: str, data: bytes, *, by: Post, now: datetime) -> None:
    """One workbook through the whole staged import, writing its clean rows."""
    batch = receive_workbook(place, kind=kind.name, filename=name, data=data, by=by)
    stage_workbook(batch, kind, on=SINCE)
    confirm_batch(batch, by=by, clean_only=True)
    commit_batch(batch, kind, on=SINCE, at=now)


def assign(place: Jurisdiction, *, by: Post, on: date) -> ResponsibilityList:
    """The balanced proposal, approved; every cadre above the cap gets the same reason."""
    proposal = propose(place, by=by, on=on)
    over = over_full(proposal, scope_of(place, on))
    return approve(proposal, by=by, on=on, over_cap_reasons=dict.fromkeys(over, "本居民区主体多，暂由现有干部分担"))


def name_cadres(place: Jurisdiction) -> dict[str, str]:
    """Logins for two cadres: one who answers for a school canteen, one of the street; login -> name."""
    canteens = Entity.objects.filter(business_type__endswith="_canteen", grade=Grade.C.value, status="active")
    schooled = Cadre.objects.filter(assignments__entity__in=canteens).order_by("pk").first()
    street = Cadre.objects.filter(place=place.path, assignments__isnull=False).order_by("pk").first()
    named = {}
    for login, cadre in (("cadre", schooled), ("cadre2", street)):
        if cadre is not None:
            if cadre.post.user is None:
                give_login(cadre.post, create_login(login, password=PASSWORD), by=None)
            named[login] = cadre.post.person_name
    return named


def card_for(login: str, place: Jurisdiction, *, now: datetime) -> tuple[str, str]:
    """A new personal card of a demo cadre: its path, and what it asks for."""
    with acting_in(tenant_of(place.path)):
        post = post_of(login)
        invitation = invite(post, by=post_of("clerk"), on=timezone.localdate(now), at=now)
    known = f"手机号后四位 {cast('Phone', post.phone).last4}" if post.phone else f"姓名 {post.person_name}"
    return reverse("tenancy:open-invitation", args=[invitation.token]), known


def refresh(place: Jurisdiction, *, now: datetime) -> None:
    """The stored ratios of a tenant."""
    tenant = Jurisdiction.objects.get(path=tenant_of(place.path))
    with acting_in(tenant.path):
        refresh_ratios(tenant, at=now, on=timezone.localdate(now))


def load_street(place: Jurisdiction, *, now: datetime) -> dict[str, str]:
    """The street's papers and its cadres' logins."""
    tenant = tenant_of(place.path)
    with acting_in(tenant):
        load_papers(place, post_of("clerk"), now=now)
        named = name_cadres(place)
    refresh(place, now=now)
    return named


def load_city(city: Jurisdiction, *, now: datetime) -> None:
    """The city's roster and ledger at their printed size."""
    with acting_in(city.path):
        clerk = post_of("city")
        if not Cadre.objects.exists():
            data = suining.workbook("名册", suining.ROSTER_HEADER, suining.roster_rows())
            import_data(city, ROSTER, "roster.xlsx", data, by=clerk, now=now)
        if not Entity.objects.exists():
            data = suining.workbook("台账", suining.LEDGER_HEADER, suining.ledger_rows())
            import_data(city, LEDGER, "ledger.xlsx", data, by=clerk, now=now)
    refresh(city, now=now)
