"""Lays the hash chain over committed audit rows; a task calls it for each tenant, never an act."""

import hashlib
import json

from django.db.models import Exists, OuterRef

from tenancy.models import AuditEvent, AuditSeal, Jurisdiction
from tenancy.rules.paths import END

FIELDS = (
    "id", "place", "at", "action", "by_post", "by_name", "on_behalf_of", "subject", "subject_id", "subject_name",
    "before", "after",
)  # fmt: skip
START = "0" * 64


def digest_of(previous: str, event: AuditEvent) -> str:
    """SHA-256 over the previous digest and the canonical JSON of the event.

    `place` moves with the tree and is therefore no part of the text.
    """
    facts = {name: getattr(event, name) for name in FIELDS if name != "place"}
    facts["at"] = event.at.isoformat()
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


def seal_events(tenant: Jurisdiction, *, at_most: int = 5000) -> int:
    """Seals the tenant's committed events that no seal names yet, oldest first; returns how many.

    The tenant's row is locked against a second sealer only: writers hold its key, which this lock leaves free.
    """
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    last = AuditSeal.objects.filter(jurisdiction=tenant).order_by("-sequence").first()
    sequence, digest = (last.sequence, last.digest) if last else (0, START)
    sealed = AuditSeal.objects.filter(jurisdiction=tenant, event=OuterRef("pk"))
    waiting = AuditEvent.objects.filter(place__gte=tenant.path, place__lt=tenant.path + END)
    seals = []
    for event in waiting.filter(~Exists(sealed)).order_by("pk")[:at_most]:
        sequence, digest = sequence + 1, digest_of(digest, event)
        seals.append(
            AuditSeal(jurisdiction=tenant, place=tenant.path, sequence=sequence, event=event.pk, digest=digest)
        )
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def first_broken_link(tenant: Jurisdiction) -> int | None:
    """The first sequence whose event is missing or altered; None when the chain holds."""
    digest = START
    seals = AuditSeal.objects.filter(jurisdiction=tenant).order_by("sequence")
    for expected, seal in enumerate(seals, start=1):
        event = AuditEvent.objects.filter(pk=seal.event).first()
        if seal.sequence != expected or event is None or digest_of(digest, event) != seal.digest:
            return expected
        digest = seal.digest
    return None
