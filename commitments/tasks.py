"""Work that waits: letters whose PDF is not drawn yet. The row in state draft is the work; a message is a hint."""

from celery import shared_task

from commitments.actions import build_letter
from commitments.models import CommitmentLetter
from commitments.rules import State
from tenancy.models import Jurisdiction
from tenancy.queries.tree import tenants
from tenancy.scoping import acting_in

AT_ONCE = 100


@shared_task
def sweep_letters() -> None:
    """One task for each tenant."""
    for tenant in tenants():
        build_letters.delay(tenant.pk)


@shared_task
def build_letters(tenant_id: int) -> int:
    """Draws waiting letters, each in its own transaction; safe to run twice or side by side."""
    tenant = Jurisdiction.objects.get(pk=tenant_id)
    return next((number for number in range(AT_ONCE) if not _built_one(tenant.path)), AT_ONCE)


def _built_one(path: str) -> bool:
    with acting_in(path):
        waiting = CommitmentLetter.objects.filter(state=State.DRAFT.value).order_by("pk")
        letter = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if letter is None:
            return False
        build_letter(letter)
        return True


BEAT = ((sweep_letters, 20.0),)
