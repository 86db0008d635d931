"""A grading trial as the page and the endpoint show it, and the address that tries an entity of the register."""

from typing import Any
from urllib.parse import urlencode

from entities.models import Entity
from entities.queries.checking import licence_of, shown_number
from entities.rules.explaining import Activity, Outcome, Sizing, Trial
from entities.rules.sizing import FACT_NAMES, Indicator, shown_figure
from tenancy.plans import PlanDocument, ResolvedPlan

WORDS = {
    Outcome.FIRED: ("ok", "命中"),
    Outcome.FAILED: ("mute", "不符"),
    Outcome.OPEN: ("bad", "缺资料"),
    Outcome.TIED: ("warn", "也含本数"),
    Outcome.NOT_REACHED: ("mute", "未看"),
    Outcome.OTHER_BUSINESS: ("mute", "别的业态"),
}


def query_of(entity: Entity) -> str:
    """The trial page's query for the facts of an entity."""
    facts = [("business_types", code) for code in entity.activities]
    facts += [(name, shown_number(getattr(entity, name))) for name in ("staff", "revenue", "diners")]
    facts += [("unit", "万元"), ("licence", licence_of(entity)), ("tags", "、".join(entity.tags))]
    return urlencode([(name, value) for name, value in facts if value])


def offered(doc: PlanDocument) -> dict[str, list[dict[str, str]]]:
    """The codes a trial may name."""
    return {
        "business_types": [{"code": kind.code, "name": kind.name} for kind in doc.business_types],
        "classes": [{"code": risk.code, "name": risk.name} for risk in doc.high_risk_classes],
    }


def trial_as_json(trial: Trial, plan: ResolvedPlan) -> dict[str, Any]:
    """Everything the trial page shows."""
    found, raised = trial.grading, trial.raised
    return {
        "plan": plan.cite("grading_rules"),
        "base": found.base,
        "effective": trial.effective,
        "rule": found.rule_code,
        "clause": found.clause,
        "reason": found.reason,
        "unknown": list(found.unknown),
        "raised": {"grade": raised.grade, "clause": raised.clause, "reason": raised.reason} if raised else None,
        "tiers": list(trial.tiers),
        "tier_name": trial.tier_name,
        "tier_clause": trial.tier_clause,
        "activities": [_activity(each) for each in trial.activities],
    }


def _activity(activity: Activity) -> dict[str, Any]:
    steps = [
        {
            "rule": step.code, "name": step.name, "grade": step.grade, "clause": step.clause, "outcome": step.outcome,
            "word": WORDS[step.outcome][1], "kind": WORDS[step.outcome][0], "why": step.why,
        }
        for step in activity.steps
    ]  # fmt: skip
    return {
        "name": activity.name,
        "base": activity.grading.base,
        "reason": activity.grading.reason,
        "tie": activity.tie,
        "sizing": _sizing(activity.sizing) if activity.sizing else None,
        "rules": steps,
        "others": sum(step.outcome is Outcome.OTHER_BUSINESS for step in activity.steps),
    }


def _sizing(sizing: Sizing) -> dict[str, Any]:
    size = sizing.size
    return {
        "size": size,
        "size_name": size.label if size else "",
        "sentence": sizing.sentence,
        "clause": sizing.cited,
        "indicators": [_indicator(each) for each in sizing.indicators],
    }


def _indicator(one: Indicator) -> dict[str, Any]:
    unit = "人" if one.fact == "employees" else "万元"
    return {
        "fact": one.fact,
        "name": FACT_NAMES[one.fact],
        "unit": unit,
        "value": None if one.value is None else shown_figure(one.value),
        "size": one.size,
        "size_name": one.size.label if one.size else "",
        "bounds": {name: f"{getattr(one.bounds, name):g}" for name in ("small", "medium", "large")},
    }
