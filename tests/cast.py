"""The cast: who acts in every test, in two districts that must never see each other.

District 东城 holds streets 甲 and 乙; 甲 holds communities 一 and 二. 西城 is another tenant.
Li is the clerk of 甲街道, Wang a cadre of 一社区, Zhao the clerk of 乙街道 (same district, other street), Qian reviews
for the district, Sun is the clerk of a street in the other district, Zhou the station officer, Wu the shop owner, Bian keeps
the calendar of 甲街道, Jiang writes its plans and He those of the district.
"""

import re
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from tenancy.actions.accounts import appoint, create_login
from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.middleware import FACTOR_SHOWN, SEEN
from tenancy.models import Jurisdiction, Post, User
from tenancy.plans import shipped_plan
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in

SINCE = date(2026, 1, 1)
PASSWORD = "only-for-tests-1"


@dataclass
class Cast:
    """Places and posts by short names; `client(name)` is that person signed in."""

    places: dict[str, Jurisdiction] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Post:
        try:
            return self.__dict__["posts"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def client(self, name: str) -> Client:
        return signed_in(self.posts[name].user)


def signed_in(user: User, client: Client | None = None) -> Client:
    """A browser in which the person came all the way in: password, and the code where one is asked for."""
    client = client or Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session.update({FACTOR_SHOWN: True, SEEN: int(timezone.now().timestamp())})
    session.save()
    return client


def _tree(cast: Cast, name: str, code: str, streets: dict[str, list[str]]) -> None:
    with acting_in(f"{code}/"):
        district = cast.places[name] = found_place(None, name=name, level="district", segment=code, code=code)
        for number, (street, communities) in enumerate(streets.items(), start=1):
            node = cast.places[street] = found_place(district, name=street, level="street", segment=f"{number:03}")
            for index, community in enumerate(communities, start=1):
                cast.places[community] = found_place(node, name=community, level="community", segment=f"{index:03}")


def shown(response) -> tuple[int, str]:
    """Status and page without what differs between any two answers, for comparing foreign with missing."""
    page = response.content.decode() if not response.streaming else ""
    page = re.sub(r'(name="csrf-token" content|name="csrfmiddlewaretoken" value)="[^"]*"', r'\1=""', page)
    return response.status_code, re.sub(re.escape(response.wsgi_request.path), "", page)


PEOPLE = [
    ("li", "李㛃", Role.STREET_OFFICE, "甲街道", "街道食安办经办"),
    ("wang", "王小明", Role.CADRE, "一社区", "两委委员"),
    ("chen", "陈志强", Role.CADRE, "二社区", "书记"),
    ("zhao", "赵乙", Role.STREET_OFFICE, "乙街道", "街道食安办经办"),
    ("qian", "钱审", Role.DISTRICT_OFFICE, "东城区", "区食安办科员"),
    ("zhou", "周所", Role.STATION_OFFICER, "甲街道", "市场监管所副所长"),
    ("wu", "吴店主", Role.SHOP, "一社区", "店长"),
    ("sun", "孙外", Role.STREET_OFFICE, "丙街道", "街道食安办经办"),
    ("guan", "关系统", Role.SYSTEM_ADMIN, "东城区", "系统管理员"),
    ("an", "安全员", Role.SECURITY_ADMIN, "东城区", "安全管理员"),
    ("shen", "沈计", Role.AUDIT_ADMIN, "东城区", "审计管理员"),
    ("leng", "冷领导", Role.LEADER, "甲街道", "党工委书记"),
    ("bian", "卞方案", Role.PLAN_EDITOR, "甲街道", "方案管理员"),
    ("he", "何拟文", Role.PLAN_EDITOR, "东城区", "方案管理员"),
]


@pytest.fixture
def cast(db: None) -> Cast:
    made = Cast()
    _tree(made, "东城区", "990101", {"甲街道": ["一社区", "二社区"], "乙街道": ["三社区"]})
    _tree(made, "西城区", "990102", {"丙街道": ["四社区"]})
    for number, (name, person, role, place, title) in enumerate(PEOPLE, start=1):
        node = made.places[place]
        with acting_in(node.path):
            made.posts[name] = appoint(
                node,
                role=role,
                person_name=person,
                title=title,
                phone=f"1990000{number:04}",
                user=create_login(name, password=PASSWORD),
                since=SINCE,
                by=None,
            )
    return made


COMMUNITIES = (
    "平吉一村", "平吉二村", "平南一村", "平南二村", "平阳三村", "古美一村", "古美七村", "莲花新村", "万源城第一",
    "万源城第二", "东兰一村", "东兰二村", "平吉六村", "华梅花苑", "龙茗",
)  # fmt: skip


@pytest.fixture
def street(cast: Cast) -> Jurisdiction:
    """甲街道 under Gumei's plan with Gumei's communities, for the sample ledger and roster."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=cast.li)
        for number, name in enumerate(COMMUNITIES, start=101):
            found_place(place, name=f"{name}居民区", level="community", segment=str(number))
    return place
