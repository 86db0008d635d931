"""The walls' checks are checked: each planted leak must be found, and each is gone with its test.

The module's world is made by the tables' owner, who stands inside the wall like everybody: so policies and keys can be
taken away inside a transaction that nobody else sees and that ends with the test.
"""

from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

import baobao.urls
from cadres.models import Cadre
from commitments.models import CommitmentLetter
from entities.actions import register
from entities.models import Entity
from supervision.queries import own
from tenancy.rules.refusals import Allowed
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests import test_walls
from tests.walls import acts, census, checks, doors, routes, work
from tests.walls.conftest import standing
from tests.walls.world import World


@pytest.fixture(scope="module")
def _world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    held = connection.settings_dict
    runtime = {key: held[key] for key in ("USER", "PASSWORD")}
    connection.close()
    # Without the options by which the owner says aloud that he acts everywhere.
    held.update({key: settings.DATABASE_OWNER[key] for key in runtime})
    try:
        yield from standing(django_db_blocker, tmp_path_factory.mktemp("media"))
    finally:
        held.update(runtime)


def alter(*statements: str) -> None:
    with connection.cursor() as cursor:
        # What an insert left to be checked at the end would forbid to alter its table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)


def about(*words: str) -> list[routes.Case]:
    return [case for case in routes.CASES if any(word in case.url for word in words)]


def naked() -> list[str]:
    with connection.cursor() as cursor:
        return test_walls.table_findings(cursor)


@pytest.fixture
def clean(world: World) -> World:
    """What the planted leaks are told from: nothing is found before."""
    assert census.reading_findings(world) + census.composite_findings() + naked() == []
    return world


def test_row_security_switched_off_is_found_by_reading_asking_and_census(clean: World) -> None:
    alter("ALTER TABLE entities_entity DISABLE ROW LEVEL SECURITY")
    assert naked()
    assert census.reading_findings(clean)
    assert checks.stranger_findings(clean, about("entities:show-entity", "entities:api-entity"))
    assert checks.canary_findings(clean, about("entities:list-entities", "reports:export-ledger"))
    assert checks.count_findings(clean)
    assert checks.workbook_findings(clean)


def test_row_security_no_longer_forced_is_found(clean: World) -> None:
    alter("ALTER TABLE supervision_visit NO FORCE ROW LEVEL SECURITY")
    assert naked()
    assert census.reading_findings(clean)
    assert checks.stranger_findings(clean, about("supervision:show-visit", "supervision:api-visit-photo"))


def test_a_policy_that_lets_everything_through_is_found(clean: World) -> None:
    alter(
        "DROP POLICY cadres_responsibilitylist_wall ON cadres_responsibilitylist",
        "CREATE POLICY cadres_responsibilitylist_wall ON cadres_responsibilitylist USING (true) WITH CHECK (true)",
    )
    assert naked()
    assert census.reading_findings(clean)
    assert checks.stranger_findings(clean, about("cadres:download-list", "cadres:undo-list"))
    assert checks.mixed_findings(clean)


def test_a_lost_policy_is_found_because_the_own_rows_are_gone(clean: World) -> None:
    alter("DROP POLICY cadres_proposal_wall ON cadres_proposal")
    assert naked()
    assert census.seeding_findings(clean)
    assert checks.control_findings(clean)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("cadres_assignment", "cadres_assignment_place"),
        ("supervision_photo", "supervision_photo_place"),
        ("entities_entity", "entities_entity_place"),
        ("cadres_assignment", "cadres_assignment_cadre_place"),
    ],
)
def test_a_lost_composite_key_is_found(clean: World, table: str, key: str) -> None:
    alter(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    assert census.composite_findings()
    assert census.pointing_findings(clean)


def test_a_composite_key_made_plain_is_found(clean: World) -> None:
    alter(
        "ALTER TABLE commitments_letterscan DROP CONSTRAINT commitments_letterscan_place",
        "ALTER TABLE commitments_letterscan ADD CONSTRAINT commitments_letterscan_place"
        " FOREIGN KEY (letter_id) REFERENCES commitments_commitmentletter (id) NOT VALID",
    )
    assert census.composite_findings()
    assert census.pointing_findings(clean)


def test_a_table_exempted_without_a_word_is_found(clean: World, monkeypatch: pytest.MonkeyPatch) -> None:
    alter("ALTER TABLE tenancy_notice DISABLE ROW LEVEL SECURITY")
    monkeypatch.setitem(test_walls.EXEMPT_TABLES, "tenancy_notice", "")
    assert naked()


def unfiltered(rows, *_where, **_how):
    return rows


def without_shop(rows, post, on, *, entity="entity_id"):
    return rows if post.role == Role.SHOP else own.seen_by(rows, post, on, entity=entity)


# Where a post's own filter stands, what stands there instead, and which addresses it guarded.
FILTERS: dict[str, tuple[str, Callable, tuple[str, ...]]] = {
    "a cadre's issues and visits": ("supervision.queries.own.sees_own_only", lambda post: False, ("supervision:",)),
    "a cadre's phone form": (
        "supervision.views.phone.own_entities",
        lambda post, on: own.Assignment.objects.in_force(on).values("entity_id"),
        ("fill-visit",),
    ),
    "a cadre's entities to visit": (
        "supervision.api.entities_to_visit",
        lambda post, on: own.with_facts(Entity.objects.all(), on),
        ("supervision:api-visit",),
    ),
    "a cadre's page": ("cadres.views.people.cadres_seen_by", lambda post: Cadre.objects.all(), ("show-cadre",)),
    "a cadre's register": (
        "cadres.queries.coverage.entities_seen_by",
        lambda post, on: Entity.objects.all(),
        ("api-assignments",),
    ),
    "who answers for an entity": (
        "cadres.api.entities_seen_by",
        lambda post, on: Entity.objects.all(),
        ("api-holder",),
    ),
    "a cadre's letters": ("commitments.queries.may_see_every", lambda post: True, ("commitments:",)),
    "a shop's issues": ("supervision.queries.issues.seen_by", without_shop, ("supervision:",)),
}


@pytest.mark.parametrize("what", FILTERS)
def test_a_lost_filter_of_a_post_is_found(world: World, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    where, instead, guarded = FILTERS[what]
    monkeypatch.setattr(where, instead)
    assert checks.neighbour_findings(world, about(*guarded))


def test_an_endpoint_that_asks_no_right_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervision.api.may_read_issues", lambda post: Allowed())
    assert checks.administrator_findings(world, about("supervision:api-issues"))


def around_the_manager(post, right, entity_id, *, merged=False):
    return Entity._base_manager.get(pk=entity_id)


def test_a_view_around_its_manager_is_stopped_by_the_wall_and_found_without_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = about("entities:show-entity")
    with acting_in(world.beside.place.path):
        assert not Entity._base_manager.filter(pk=world.own.ids["entity"]).exists()
    monkeypatch.setattr("entities.views.register.entity_of", around_the_manager)
    # No row gets out, but a broken page answers otherwise than a missing one.
    assert checks.canary_findings(world, asked) == []
    assert {finding.rsplit(": ", 1)[1] for finding in checks.stranger_findings(world, asked)} == {"500, not 404"}
    alter(
        "DROP POLICY entities_entity_wall ON entities_entity",
        "CREATE POLICY entities_entity_wall ON entities_entity USING (true)",
        # The page names the market and the chain of the shop as well.
        "ALTER TABLE entities_cluster DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE entities_chain DISABLE ROW LEVEL SECURITY",
    )
    assert {finding.rsplit(": ", 1)[1] for finding in checks.stranger_findings(world, asked)} >= {"200, not 404"}


def everything(request, **ids) -> HttpResponse:
    """Raw SQL without any condition, as a careless export would ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(name, ' ') FROM entities_entity")
        return HttpResponse(cursor.fetchone()[0], content_type="text/plain")


def test_raw_sql_without_a_condition_is_stopped_by_the_wall_and_its_address_found(world: World) -> None:
    urls = ModuleType("leaking_urls")
    urls.urlpatterns = [path("leak/", everything, name="leak"), *baobao.urls.urlpatterns]
    asked = [routes.one("leak")]
    with override_settings(ROOT_URLCONF=urls):
        assert checks.census_findings() == ["no request for leak ()"]
        assert checks.canary_findings(world, asked) == []
        alter("ALTER TABLE entities_entity DISABLE ROW LEVEL SECURITY")
        assert checks.canary_findings(world, asked)


def any_of_the_place(opening, rows):
    return rows.order_by("-pk").first()


@pytest.mark.parametrize(
    ("where", "instead"),
    [
        ("tenancy.actions.doors.Opening.subject", any_of_the_place),
        ("tenancy.models.doors.DoorQuerySet.open_at", lambda rows, at: rows),
        ("tenancy.middleware.tokens.places_of", lambda post: [f"{post.place.split('/')[0]}/"]),
    ],
)
def test_a_door_that_opens_more_than_its_own_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str, instead: Callable
) -> None:
    monkeypatch.setattr(where, instead)
    assert doors.door_findings(world)


def test_a_task_that_acts_in_another_tenant_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = {"990101/": "990102/", "990102/": "990101/"}
    monkeypatch.setattr("tenancy.tasks.acting_in", lambda place: acting_in(swapped[place]))
    assert work.task_findings(world)


def test_a_task_that_walks_on_into_another_tenant_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held = work.app.tasks["tenancy.tasks.seal_trails_of"].run
    every = list(work.Jurisdiction.objects.filter(parent=None).values_list("pk", flat=True))
    monkeypatch.setitem(work.app.tasks, "tenancy.tasks.seal_trails_of", lambda ids: held(every))
    assert [finding for finding in work.task_findings(world) if "touched tenancy_auditseal" in finding]


def test_an_act_without_a_trace_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert work.act_findings(world) == []
    monkeypatch.setattr("entities.actions.register.audit.record", lambda *words, **more: None)
    assert "entities.actions.register.add_entity leaves no trace" in work.act_findings(world)


def test_a_new_act_that_nobody_calls_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(entity: Entity) -> None: ...

    forget.__module__ = register.__name__
    monkeypatch.setattr(register, "forget", forget, raising=False)
    assert work.act_census_findings() == ["entities.actions.register.forget is neither run nor excused"]


def test_an_excuse_without_a_sentence_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(acts.QUIET, "tenancy.actions.tree.free_path", "")
    assert work.act_census_findings() == ["tenancy.actions.tree.free_path is excused without a sentence"]


def test_a_letter_told_apart_from_a_missing_one_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an id exists is a secret too: the table is asked beside the wall before the answer is chosen."""

    def letters(post):
        rows = CommitmentLetter.objects.all()
        return rows if rows.filter(place=post.place).exists() else rows.none()

    monkeypatch.setattr("commitments.views.letters.letters_for", letters)
    assert checks.neighbour_findings(world, about("commitments:show-letter"))
