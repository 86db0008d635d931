"""Plans (实施方案) as data: the schema of a plan document, its reading, checking and resolution.

No Django, no clock, no database and no place's name: documents come in, typed values with their sources come out.
"""

from tenancy.plans.checking import Problem, check
from tenancy.plans.document import PlanDocument
from tenancy.plans.reading import (
    NATIONAL,
    PlanFile,
    PlanHeader,
    UnreadablePlan,
    layer_of,
    read_plan,
    shipped_codes,
    shipped_plan,
)
from tenancy.plans.resolution import PlanLayer, ResolvedPlan, Source, merge, resolve
from tenancy.plans.schema import plan_schema
from tenancy.plans.words import codes_by_word, plain

__all__ = [
    "NATIONAL",
    "PlanDocument",
    "PlanFile",
    "PlanHeader",
    "PlanLayer",
    "Problem",
    "ResolvedPlan",
    "Source",
    "UnreadablePlan",
    "check",
    "codes_by_word",
    "layer_of",
    "merge",
    "plain",
    "plan_schema",
    "read_plan",
    "resolve",
    "shipped_codes",
    "shipped_plan",
]
