"""Printing personal cards for a whole place: the office asks, a task draws, the file goes when its cards have run out.

A worker's life is the lock on its row: a row that says running and can be locked has lost its worker.
"""

import uuid
from datetime import date, datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.documents import Card, cards_pdf
from cadres.models import InvitationSheet
from cadres.queries.access import without_phone
from tenancy import audit
from tenancy.actions.invitations import Invitation, invite_all
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.paths import contains
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right

ATTEMPTS = 3
MOST_CARDS = 5000


def ask_for_cards(area: str, *, again: bool, origin: str, by: Post, on: date, at: datetime) -> InvitationSheet:
    """A printing that waits for a worker: everybody under the area who has not come in with his phone yet."""
    require(may(by, Right.IMPORT_ROSTER, by.place))
    if not contains(by.place, area):
        raise Refused(_("只能给本辖区的干部制作个人卡。"), code="cards-elsewhere")
    count = without_phone(area, on, at, again=again).count()
    if not count:
        raise Refused(
            _("没有需要制作个人卡的人：都已打开过，或手里的卡还没过期。需要重发的，请勾选“重新制作”。"),
            code="cards-nobody",
        )
    if count > MOST_CARDS:
        raise Refused(_("一次最多制作%d张，请按区域分几次制作。") % MOST_CARDS, code="cards-many")
    sheet = InvitationSheet.objects.create(
        jurisdiction=by.jurisdiction, place=by.place, area=area, again=again, origin=origin, cards=count, asked_by=by
    )
    audit.record("cadres.cards.asked", sheet, by=by, after={"area": area, "again": again, "cards": count})
    return sheet


def claim_sheet(pk: int) -> bool:
    """Marks a waiting row as running; after three lost workers it is given up with a sentence."""
    sheet = InvitationSheet.objects.select_for_update(skip_locked=True, no_key=True).unfinished().filter(pk=pk).first()
    if sheet is None:
        return False
    sheet.attempts += 1
    sheet.state = "running" if sheet.attempts <= ATTEMPTS else "failed"
    if sheet.state == "failed":
        sheet.error = _("制作时中断了%d次，请按区域分几次制作，或联系系统管理员。") % ATTEMPTS
    sheet.save(update_fields=["attempts", "state", "error"])
    return sheet.state == "running"


def write_sheet(pk: int, *, on: date, at: datetime) -> bool:
    """Makes the invitations of a claimed row and draws them; False when another worker holds or finished it."""
    held = InvitationSheet.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    sheet = held.select_related("jurisdiction", "asked_by").filter(pk=pk, state="running").first()
    if sheet is None:
        return False
    posts = list(without_phone(sheet.area, on, at, again=sheet.again).values_list("post_id", flat=True))
    made = invite_all(posts, sheet.jurisdiction, by=sheet.asked_by, on=on, at=at)
    sheet.cards = len(made)
    if not made:
        sheet.state, sheet.error = "failed", _("等待期间这些人都已打开过或拿到了卡，没有要制作的。")
    else:
        _store(sheet, made)
    sheet.save()
    return True


def _store(sheet: InvitationSheet, made: list[Invitation]) -> None:
    until = made[0].expires_at
    data = cards_pdf([_card(each, sheet.origin) for each in made], office=sheet.jurisdiction.name, until=until)
    sheet.stored = default_storage.save(f"{sheet.place}cards/{uuid.uuid4()}.pdf", ContentFile(data))
    sheet.state, sheet.expires_at = "done", until


def _card(invitation: Invitation, origin: str) -> Card:
    post = invitation.post
    address = f"{origin}{reverse('tenancy:open-invitation', args=[invitation.token])}"
    return Card(name=post.person_name, title=post.title, place=post.jurisdiction.name, address=address)


def remove_expired_sheets(*, at: datetime) -> int:
    """Takes away the files whose cards open nothing any more."""
    gone = InvitationSheet.objects.filter(state="done", expires_at__lte=at).select_for_update(no_key=True)
    names = []
    for sheet in gone:
        names.append(sheet.stored)
        sheet.state, sheet.stored = "expired", ""
        sheet.save(update_fields=["state", "stored"])
    for name in names:
        # Only when the rows say so for good: a file taken too early could not be given back.
        transaction.on_commit(partial(default_storage.delete, name))
    return len(names)
