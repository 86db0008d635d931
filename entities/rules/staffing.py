"""两员: which staff the plan wants an entity to have, and what of it the register names.

All rules that hold on the day and fit count together. Whoever is director counts as an officer as well only where the
plan says that one person may be both.
"""

from dataclasses import dataclass
from datetime import date

from entities.rules.matching import Profile, fits
from entities.rules.naming import names_in
from tenancy.plans.document import PlanDocument, StaffingRule


@dataclass(frozen=True, slots=True)
class Staffing:
    """What an entity must have and has; the officers are those that count as such."""

    rules: tuple[StaffingRule, ...]
    directors: tuple[str, ...]
    officers: tuple[str, ...]
    # Named as both, and counted as director only.
    counted_once: tuple[str, ...] = ()

    @property
    def five_class(self) -> bool:
        """五类食品企业 in the words of the plan."""
        return any(rule.five_class for rule in self.rules)

    @property
    def directors_min(self) -> int:
        return max((directors_of(rule) for rule in self.rules), default=0)

    @property
    def officers_min(self) -> int:
        return max((rule.officers_min for rule in self.rules), default=0)

    @property
    def directors_short(self) -> int:
        return max(self.directors_min - len(self.directors), 0)

    @property
    def officers_short(self) -> int:
        return max(self.officers_min - len(self.officers), 0)

    @property
    def is_owed(self) -> bool:
        return bool(self.directors_min or self.officers_min)

    @property
    def is_short(self) -> bool:
        return bool(self.directors_short or self.officers_short)


def directors_of(rule: StaffingRule) -> int:
    return 2 if rule.dual_director else int(rule.director)


def holds_on(rule: StaffingRule, on: date) -> bool:
    return (rule.start is None or rule.start <= on) and (rule.until is None or on < rule.until)


def may_be_both(doc: PlanDocument) -> bool:
    """Whether one person counts as director and as officer."""
    return any(rate.both_roles_may_be_one for rate in doc.rates if rate.code == "staffing")


def staffing_of(profile: Profile, director: str, officer: str, doc: PlanDocument, on: date) -> Staffing:
    """What the plan asks of the entity on a day, held against the two cells of the register."""
    rules = tuple(rule for rule in doc.staffing_rules if holds_on(rule, on) and fits(rule.when, profile, doc))
    directors, officers = names_in(director), names_in(officer)
    once = () if may_be_both(doc) else tuple(name for name in officers if name in directors)
    return Staffing(rules, directors, tuple(name for name in officers if name not in once), once)


def staffing_text(directors: int, officers: int) -> str:
    """总监 1 名、安全员 2 名; empty for nobody."""
    parts = (("总监", directors), ("安全员", officers))
    return "、".join(f"{word} {number} 名" for word, number in parts if number)
