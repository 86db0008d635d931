"""提级 of a single entity: which effective grades a plan leaves open to it."""

from entities.rules.vocabulary import Grade, raised


def effective_grades(base: Grade, max_steps: int) -> tuple[Grade, ...]:
    """The base grade and those it may be raised to, the base first."""
    return tuple(dict.fromkeys(raised(base, steps) for steps in range(max_steps + 1)))


def carried_over(base: Grade, old_base: Grade, old_effective: Grade) -> Grade:
    """The effective grade when the base changes: a decided upgrade stays a floor, else the new base counts."""
    return min(base, old_effective) if old_effective < old_base else base
