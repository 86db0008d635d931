"""Rows of the responsibility list as they are printed; the stored version and the download both come from here."""

from typing import Any

from cadres.queries.coverage import ListFilter, Scope, list_rows


def printed_rows(scope: Scope, asked: ListFilter) -> list[list[Any]]:
    """In the order of `cadres.workbooks.list_header`; an entity nobody answers for has empty cells."""
    return [
        [
            entity.grade,
            entity.name,
            entity.uscc,
            entity.jurisdiction.name,
            entity.address,
            entity.holder_name,
            entity.holder_title,
            scope.tier_name(entity.holder_tier) if entity.holder_tier else None,
            entity.holder_since.lower if entity.holder_since else None,
            entity.holder_reason,
            entity.holder_over,
        ]
        for entity in list_rows(scope, asked)
    ]
