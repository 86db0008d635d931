"""Founds a tenant on a fresh installation: its place, a shipped plan, and the three separate administrators.

The administrators' passwords are shown once and must be changed; everybody else follows from them on the pages.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.divisions import lay_down, root_path, shipped_line
from tenancy.actions.logins import first_password
from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.models import Jurisdiction, User
from tenancy.plans import NATIONAL, shipped_codes, shipped_plan
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ADMIN_ROLES, ROLES, Role
from tenancy.scoping import acting_in

OFFICES = {"office": Role.STREET_OFFICE, "upper": Role.DISTRICT_OFFICE, "station": Role.STATION_OFFICER}


class Command(BaseCommand):
    help = "Founds a tenant: place, plan, three administrators; with --office, --upper, --station one login each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the place, or names of a shipped division joined by a slash")
        parser.add_argument("--code", default="", help="division code of six to twelve digits; not for a shipped one")
        parser.add_argument("--level", default="district", help="tier code of the root (district, city, ...)")
        parser.add_argument("--plan", choices=[code for code in shipped_codes() if code != NATIONAL])
        for office, role in OFFICES.items():
            parser.add_argument(f"--{office}", metavar="LOGIN=NAME", help=f"a login of the role {role.value}")

    def handle(self, *_args: Any, **options: Any) -> None:
        line = shipped_line(options["name"])
        root = root_path(line) if line else f"{options['code']}/"
        if not line and not options["code"].isdigit():
            raise CommandError("请用 --code 写明区划代码（6 至 12 位数字），或给出随程序附带的区划名称。")
        try:
            with acting_in(root), transaction.atomic():
                self.found(line, options)
        except Refused as refused:
            raise CommandError(refused.reason) from refused

    def found(self, line: Any, options: dict[str, Any]) -> None:
        today = timezone.localdate()
        if line:
            place = lay_down(line, on=today, by=None)
        else:
            place = found_place(
                None, name=options["name"], level=options["level"], segment=options["code"], code=options["code"]
            )
        tenant = Jurisdiction.objects.get(path=f"{place.path.split('/')[0]}/")
        if options["plan"]:
            adopt_plan(place, shipped_plan(options["plan"]), since=today, by=None)
        for role in sorted(ADMIN_ROLES):
            self.give(tenant, role, f"{role.value}-{tenant.pk}", ROLES[role].name)
        for office, role in OFFICES.items():
            if options[office]:
                login, _, name = options[office].partition("=")
                self.give(place, role, login, name or login)

    def give(self, place: Jurisdiction, role: Role, login: str, name: str) -> None:
        """One post with a login whose password is shown this once."""
        if User.objects.filter(username=login).exists():
            self.stdout.write(f"{login} 已存在，没有改动")
            return
        password = first_password()
        user = create_login(login, password=password)
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
        appoint(place, role=role, person_name=name, since=timezone.localdate(), user=user, by=None)
        self.stdout.write(f"{ROLES[role].name:<10}{login:<24}{password}  （{place.name}，首次登录须修改密码）")
