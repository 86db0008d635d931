"""Tiers, the grades they answer for, caps, teams and routes must name one another."""

from collections.abc import Iterator

from tenancy.plans.consistency.findings import Fault, reading, repeated, unknown, unknown_bearer
from tenancy.plans.document import EXTERNAL, PlanDocument


@reading("tiers", "tier_map")
def _tiers(doc: PlanDocument) -> Iterator[Fault]:
    yield from repeated(("tiers",), "层级次序 rank", [str(tier.rank) for tier in doc.tiers])
    codes = [tier.code for tier in doc.tiers]
    if EXTERNAL in codes:
        yield ("tiers", codes.index(EXTERNAL)), f"“{EXTERNAL}”专指上级包保，不能做层级代码，请另取一个"
    for grade in ("A", "B", "C", "D"):
        if not doc.tiers_of(grade):
            yield ("tier_map",), f"没有写 {grade} 级由哪一层包保；不归本地的写 {EXTERNAL}"
    for grade in doc.tier_map:
        named = doc.tiers_of(grade)
        yield from repeated(("tier_map", grade), f"{grade} 级的层级", named)
        for tier in named:
            if tier not in {*codes, EXTERNAL}:
                yield ("tier_map", grade), f"{grade} 级对应的层级“{tier}”没有在 tiers 里写明，请补上或改正"
        if EXTERNAL in named and len(named) > 1:
            yield ("tier_map", grade), f"{grade} 级写了 {EXTERNAL}（上级包保），就不能再写本地的层级，请二选一"


@reading("tiers", "cadre_scopes", "caps", "matching", "team_composition", "bodies", "approval_routes", "lists")
def _tier_codes(doc: PlanDocument) -> Iterator[Fault]:
    codes = [tier.code for tier in doc.tiers]
    for key in ("cadre_scopes", "caps", "matching", "team_composition", "bodies", "approval_routes"):
        for index, line in enumerate(getattr(doc, key)):
            yield from unknown((key, index), "层级", [line.tier] if line.tier else [], codes, "tiers")
    for key in ("cadre_scopes", "caps", "matching"):
        yield from repeated((key,), "层级", [line.tier for line in getattr(doc, key)])


@reading("tiers", "tier_map", "cadre_scopes")
def _scopes(doc: PlanDocument) -> Iterator[Fault]:
    listed = {scope.tier for scope in doc.cadre_scopes if scope.categories}
    for tier in doc.tiers:
        if doc.grades_of(tier.code) and tier.code not in listed:
            yield (
                ("cadre_scopes",),
                f"“{tier.name}”要包保主体，却没有写哪些职务可以当包保干部，名册里没有人能列入，请补上",
            )


@reading("cadre_cap", "cap_mode", "caps")
def _caps(doc: PlanDocument) -> Iterator[Fault]:
    if doc.cap_mode != "off" and doc.cadre_cap is None:
        yield ("cap_mode",), "写了上限的执行方式，却没有写每名干部最多包保几家（cadre_cap）"
    for index, line in enumerate(doc.caps):
        if line.mode != "off" and line.cap is None:
            yield ("caps", index), "写了上限的执行方式，却没有写最多几户（cap）；不设上限的写 mode: off"


@reading("approval_routes", "lists", "bodies")
def _routes(doc: PlanDocument) -> Iterator[Fault]:
    lists = [line.code for line in doc.lists]
    for index, route in enumerate(doc.approval_routes):
        yield from unknown(("approval_routes", index), "清单", [route.list_code], lists, "lists")
        yield from unknown_bearer(doc, ("approval_routes", index, "drafter"), route.drafter)
        yield from unknown_bearer(doc, ("approval_routes", index, "approver"), route.approver)
        if not route.approver:
            yield ("approval_routes", index), "没有写报谁审定（approver），请写上单位名称"
    routes = [f"{route.list_code}/{route.tier or '各层'}" for route in doc.approval_routes]
    yield from repeated(("approval_routes",), "审定程序", routes)


@reading("duties", "bodies")
def _duties(doc: PlanDocument) -> Iterator[Fault]:
    for index, duty in enumerate(doc.duties):
        yield from unknown_bearer(doc, ("duties", index, "bearer"), duty.bearer)


@reading("trainings")
def _trainings(doc: PlanDocument) -> Iterator[Fault]:
    for index, line in enumerate(doc.trainings):
        if line.start and line.until and line.until < line.start:
            yield ("trainings", index, "until"), f"“{line.name}”的结束 {line.until} 早于开始 {line.start}，请改正"


CHECKS = (_tiers, _tier_codes, _scopes, _caps, _routes, _duties, _trainings)
