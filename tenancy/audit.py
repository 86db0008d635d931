"""Writes the trail: one row in the act's own transaction. Reading and sealing stand in queries and actions."""

from typing import Any

from django.db.models import Model

from tenancy.models import AuditEvent, Jurisdiction, Post


def record(
    action: str,
    subject: Model,
    *,
    by: Post | None,
    at: Jurisdiction | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    on_behalf_of: str = "",
) -> AuditEvent:
    """Records one act on a subject. `at` is where it counts, by default the subject's own jurisdiction.

    by is None only for the system itself (scheduled tasks, commands); values must be JSON and never hold a full
    telephone number.
    """
    place = at or getattr(subject, "jurisdiction", None) or (by.jurisdiction if by else None)
    if place is None:
        raise ValueError("an act needs a jurisdiction to be recorded in")
    return AuditEvent.objects.create(
        jurisdiction=place,
        place=place.path,
        action=action,
        by_post=by.pk if by else None,
        by_name=str(by)[:120] if by else "",
        on_behalf_of=on_behalf_of,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_name=_named(subject)[:200],
        before=before,
        after=after,
    )


def _named(subject: Model) -> str:
    """What the subject calls itself; a table without a name of its own gives its kind and number."""
    if type(subject).__str__ is Model.__str__:
        return f"{subject._meta.verbose_name} {subject.pk}"
    return str(subject)
