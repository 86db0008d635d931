"""Cadres to entities, as papers print it: 1:8.58."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class TierRatio:
    """One line of the table of ratios."""

    tier: str
    name: str
    cadres: int
    entities: int

    @property
    def text(self) -> str:
        return ratio_text(self.cadres, self.entities)


def ratio_text(cadres: int, entities: int) -> str:
    """Two decimals, none where they are even; — where nobody answers."""
    if not cadres:
        return "—"
    exact = (Decimal(entities) / Decimal(cadres)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = exact == exact.to_integral_value()
    return f"1:{exact.to_integral_value() if whole else exact}"
