"""Work that waits: rosters to read and write, cards to draw, penalties to tell. The row in the table is the work; a message is a hint."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from cadres.actions import penalties
from cadres.actions.cards import claim_sheet, remove_expired_sheets, write_sheet
from cadres.actions.post_imports import POSTS
from cadres.actions.roster import ROSTER
from cadres.models import InvitationSheet
from tenancy.actions.imports import work_off_one
from tenancy.models import ImportBatch, Jurisdiction
from tenancy.rules.paths import tenant_of
from tenancy.scoping import acting_in
from tenancy.tasks import day_of, fan_out, in_each

KINDS = (ROSTER, POSTS)


def nudge_roster(batch_id: int) -> None:
    """Tells the worker of one tenant's waiting rosters once the request is committed."""
    tenant = tenant_of(ImportBatch.objects.get(pk=batch_id).place)
    work_off_rosters.delay_on_commit([Jurisdiction.objects.get(path=tenant).pk])


@shared_task
def sweep_rosters() -> None:
    """Every twenty seconds: has waiting rosters of every tenant worked off."""
    fan_out(work_off_rosters)


@shared_task
def work_off_rosters(ids: list[int]) -> None:
    """Reads what was uploaded and writes what was confirmed; safe to run twice or side by side."""
    now, today = timezone.now(), timezone.localdate()
    in_each(ids, lambda _tenant: any(work_off_one(kind, on=today, at=now) for kind in KINDS), again=True)


def nudge_sheet(sheet: InvitationSheet) -> None:
    """Tells a worker of one printing once the request is committed."""
    draw_sheet.delay_on_commit(Jurisdiction.objects.get(path=tenant_of(sheet.place)).pk, sheet.pk)


@shared_task
def sweep_sheets() -> None:
    """Every minute: printings that wait or have lost their worker are started, those that ran out lose their file."""
    fan_out(sweep_sheets_of)


@shared_task
def sweep_sheets_of(ids: list[int]) -> None:
    in_each(ids, _sweep)


def _sweep(tenant: Jurisdiction) -> None:
    remove_expired_sheets(at=timezone.now())
    # On commit: until then this transaction holds the rows, and a quick worker would pass over them.
    waiting = InvitationSheet.objects.unfinished().select_for_update(skip_locked=True, no_key=True)
    for pk in waiting.values_list("pk", flat=True):
        draw_sheet.delay_on_commit(tenant.pk, pk)


@shared_task
def draw_sheet(tenant_id: int, pk: int) -> bool:
    """Two transactions: the first says running for the page, the second holds the row while it draws."""
    tenant = Jurisdiction.objects.get(pk=tenant_id)
    with acting_in(tenant.path):
        claimed = claim_sheet(pk)
    if not claimed:
        return False
    with acting_in(tenant.path):
        return write_sheet(pk, on=timezone.localdate(), at=timezone.now())


@shared_task
def tell_penalties(on: str = "") -> None:
    """Daily, in the morning: penalties that stop or end a business, told to whoever answers for it."""
    fan_out(tell_penalties_of, on=on)


@shared_task
def tell_penalties_of(ids: list[int], on: str = "") -> None:
    day = day_of(on)
    in_each(ids, lambda tenant: penalties.tell_penalties(tenant, by=None, on=day))


BEAT = [(sweep_rosters, 20), (sweep_sheets, 60), (tell_penalties, crontab(hour=8, minute=35))]
