"""A task list as data with a fingerprint, so that a record can name the version it was signed on."""

import hashlib
import json
from typing import Any

from tenancy.plans.document import Checklist, ChecklistItem


def document_of(checklist: Checklist) -> dict[str, Any]:
    """What is kept and printed of a list: its headings and items, not for whom it is."""
    return {
        "code": checklist.code,
        "name": checklist.name,
        "sections": [
            {"code": section.code, "title": section.title, "items": [_kept(item) for item in section.items]}
            for section in checklist.sections
        ],
    }


def _kept(item: ChecklistItem) -> dict[str, Any]:
    """What is left at its default stays out, so that new kinds of line leave the fingerprint of old lists alone."""
    written = item.model_dump(exclude_defaults=True, mode="json")
    return {"code": item.code, "text": item.text, "sample": item.sample} | written


def digest_of(document: dict[str, Any]) -> str:
    """The fingerprint of a list's wording."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def items_of(document: dict[str, Any]) -> dict[str, str]:
    """Item code -> its text, in printed order."""
    return {item["code"]: item["text"] for section in document["sections"] for item in section["items"]}
