"""Lays the hash chain over committed audit rows; a task calls it for each tenant, never an act."""

import hashlib
import json
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from tenancy.models import AuditEvent, AuditSeal, Jurisdiction
from tenancy.rules.paths import END

FIELDS = (
    "id", "place", "at", "action", "by_post", "by_name", "on_behalf_of", "subject", "subject_id", "subject_name",
    "before", "after",
)  # fmt: skip
START = "0" * 64
# So many links are looked at together.
LINKS = 1000


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking through a chain found: the sequences looked at, and the first whose event is missing or altered."""

    first: int
    last: int
    broken_at: int | None = None

    @property
    def checked(self) -> int:
        return self.last - self.first + 1


def check_chain(tenant: Jurisdiction, *, at_most: int | None = None) -> Verdict:
    """Computes the chain again from its start, or the last so many links of it from the link before them."""
    seals = AuditSeal.objects.filter(jurisdiction=tenant).order_by("sequence")
    last = seals.values_list("sequence", flat=True).last() or 0
    first = max(1, last - at_most + 1) if at_most else 1
    digest = START
    if first > 1:
        digest = seals.filter(sequence=first - 1).values_list("digest", flat=True).first() or START
    for start in range(first, last + 1, LINKS):
        digest, broken = _check_links(
            list(seals.filter(sequence__gte=start, sequence__lt=start + LINKS)), start, digest
        )
        if broken is not None:
            return Verdict(first, last, broken)
    return Verdict(first, last)


def _check_links(seals: list[AuditSeal], start: int, digest: str) -> tuple[str, int | None]:
    """The digest after these links, and the first sequence that does not hold; two queries however many there are."""
    events = AuditEvent.objects.in_bulk([seal.event for seal in seals])
    for expected, seal in enumerate(seals, start=start):
        event = events.get(seal.event)
        if seal.sequence != expected or event is None or digest_of(digest, event) != seal.digest:
            return digest, expected
        digest = seal.digest
    return digest, None


def first_broken_link(tenant: Jurisdiction) -> int | None:
    """The first sequence whose event is missing or altered; None when the chain holds."""
    return check_chain(tenant).broken_at
