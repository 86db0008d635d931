"""Scheduled work by real workers: over Redis, over files, and with a worker killed in its work."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, transaction

from baobao.celery import app
from reports.models import Export, PeriodFigure, RatioFigure
from reports.tasks import close_last_period_of, refresh_ratios_of
from tenancy.actions.sealing import first_broken_link
from tenancy.models import AuditEvent, AuditSeal, Jurisdiction
from tenancy.scoping import acting_in
from tenancy.tasks import in_each, messages, seal_trails_of
from tests.cast import Cast
from tests.reports.conftest import LAST, Scene
from tests.servers import start_redis
from tests.workers import Workshop, wait_until

DAY = date(2026, 10, 9)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.stop()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Workshop]:
    server = start_redis(tmp_path / "redis")
    workshop = Workshop(tmp_path, server.url)
    yield workshop
    workshop.stop()
    server.stop()


def waiting_export(scene: Scene) -> Export:
    post = scene.cast.li
    with acting_in(post.place):
        scene.entity()
        return Export.objects.create(
            jurisdiction=post.jurisdiction, place=post.place, kind="ledger", rows=1, filename="台账.xlsx", asked_by=post,
            asked_on=DAY,
        )  # fmt: skip


def state(made: Export) -> str:
    with acting_in(made.place):
        return Export.objects.get(pk=made.pk).state


def sealed(tenant: Jurisdiction) -> bool:
    with acting_in(tenant.path):
        return AuditSeal.objects.count() == AuditEvent.objects.count() > 0 and first_broken_link(tenant) is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_on_redis_seals_the_trail_of_every_tenant(transactional_db: None, cast: Cast, redis: Workshop) -> None:
    redis.worker()
    redis.send("tenancy.tasks.seal_trails")
    for tenant in ("东城区", "西城区"):
        wait_until(lambda tenant=tenant: sealed(cast.places[tenant]))


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'entities_entity'::regclass")
        return bool(cursor.fetchone()[0])


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_its_work_loses_nothing(transactional_db: None, scene: Scene, files: Workshop) -> None:
    made, tenant = waiting_export(scene), scene.cast.places["东城区"]
    victim = files.worker()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE entities_entity IN ACCESS EXCLUSIVE MODE")
        files.send("reports.tasks.run_export", tenant.pk, made.pk)
        wait_until(somebody_waits_for_a_lock)
        victim.kill()
        victim.wait()
        assert state(made) == "running"

    files.worker()
    files.send("reports.tasks.sweep_exports")

    wait_until(lambda: state(made) == "done")
    with acting_in(made.place):
        finished = Export.objects.get()
        assert (finished.attempts, finished.rows) == (2, 1)
        assert AuditEvent.objects.filter(action="reports.export.written").count() == 1


def test_figures_and_closing_run_for_each_tenant_and_twice_is_once(scene: Scene) -> None:
    east, west = scene.cast.places["东城区"], scene.cast.places["西城区"]
    for tenant, street, area in ((east, "甲街道", "一社区"), (west, "丙街道", "四社区")):
        with acting_in(tenant.path):
            scene.owes(scene.entity(area), LAST, street=street)
    for _ in range(2):
        refresh_ratios_of([east.pk, west.pk])
        close_last_period_of([east.pk, west.pk])
    for tenant in (east, west):
        with acting_in(tenant.path):
            assert RatioFigure.objects.filter(tier="village").count() == 3
            assert PeriodFigure.objects.filter(period=str(LAST)).count() == 3


def test_a_failing_tenant_does_not_keep_the_next_from_its_turn(cast: Cast) -> None:
    def act(tenant: Jurisdiction) -> None:
        if tenant.name == "东城区":
            raise ValueError("broken")
        seen.append(tenant.name)

    seen: list[str] = []
    ids = [cast.places[name].pk for name in ("东城区", "西城区")]
    with pytest.raises(RuntimeError, match=str(ids[0])):
        in_each(ids, act)
    assert seen == ["西城区"]


@pytest.mark.django_db(transaction=True)
def test_what_one_turn_did_stays_when_the_next_one_fails(transactional_db: None, cast: Cast) -> None:
    street = cast.places["甲街道"]

    def act(tenant: Jurisdiction) -> bool:
        street.name += "、"
        street.save()
        if len(turns) == 2:
            raise ValueError("broken")
        turns.append(tenant.name)
        return True

    turns: list[str] = []
    with pytest.raises(RuntimeError, match=str(cast.places["东城区"].pk)):
        in_each([cast.places["东城区"].pk], act, again=True)
    assert turns == ["东城区", "东城区"]
    with acting_in(street.path):
        assert Jurisdiction.objects.get(pk=street.pk).name == "甲街道、、"


def test_sealing_twice_seals_once(cast: Cast) -> None:
    tenant = cast.places["东城区"]
    for _ in range(2):
        seal_trails_of([tenant.pk])
    assert sealed(tenant)


def test_a_message_carries_fifty_tenants() -> None:
    assert [len(portion) for portion in messages(list(range(120)))] == [50, 50, 20]


def test_beat_runs_what_every_app_lists() -> None:
    app.finalize()
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert planned >= {
        "tenancy.tasks.seal_trails",
        "reports.tasks.refresh_all_ratios",
        "reports.tasks.close_last_period",
        "reports.tasks.sweep_exports",
        "supervision.tasks.open_quarters",
        "supervision.tasks.remind",
    }
    app.loader.import_default_modules()
    assert planned <= set(app.tasks)


def test_every_thread_sends_to_the_projects_broker() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(current_app.main))
    thread.start()
    thread.join()
    assert found == ["baobao"]
