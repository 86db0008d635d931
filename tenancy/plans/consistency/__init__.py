"""What the values of a plan must mean together: names that point somewhere, rules that can be reached.

Each check is one generator over the resolved document, yielding (path of the key, sentence).
"""

from collections.abc import Collection

from tenancy.plans.consistency import additions, everywhere, grading, organisation, papers, signing, work
from tenancy.plans.consistency.findings import Check, Fault
from tenancy.plans.document import PlanDocument

CHECKS: tuple[Check, ...] = (
    *everywhere.CHECKS,
    *organisation.CHECKS,
    *grading.CHECKS,
    *signing.CHECKS,
    *work.CHECKS,
    *papers.CHECKS,
    *additions.CHECKS,
)


def inconsistencies(doc: PlanDocument, unreadable: Collection[str] = ()) -> list[Fault]:
    """Every contradiction of the document; checks that need a key which could not be read are left out."""
    sound = [check for check in CHECKS if check.reads.isdisjoint(unreadable)]
    return [fault for check in sound for fault in check.verdict(doc)]
