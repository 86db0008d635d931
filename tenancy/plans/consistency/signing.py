"""Signing pairs that somebody can fulfil."""

from collections.abc import Iterator

from tenancy.plans.consistency.findings import Fault, reading, repeated, unknown
from tenancy.plans.document import EXTERNAL, Counterparty, PlanDocument, SigningPair


@reading("counterparties", "tiers")
def _counterparties(doc: PlanDocument) -> Iterator[Fault]:
    codes = [*(tier.code for tier in doc.tiers), EXTERNAL]
    for index, role in enumerate(doc.counterparties):
        here = ("counterparties", index)
        if role.kind == "entity":
            continue
        if not role.tier:
            yield here, f"“{role.name}”没有写在哪一层任职（tier），找不到人签，请补上"
        else:
            yield from unknown(here, "层级", [role.tier], codes, "tiers")
        if not role.titles and role.tier != EXTERNAL:
            yield here, f"“{role.name}”没有写职务（titles），名册里找不到这个人，请补上"


@reading("signing_pairs", "counterparties", "cadre_scopes", "tiers")
def _pairs(doc: PlanDocument) -> Iterator[Fault]:
    tiers = {tier.code: tier.rank for tier in doc.tiers}
    roles = {role.code: role for role in doc.counterparties}
    categories = {scope.tier: [category.code for category in scope.categories] for scope in doc.cadre_scopes}
    for index, pair in enumerate(doc.signing_pairs):
        here = ("signing_pairs", index)
        yield from unknown(here, "层级", [pair.tier], tiers, "tiers")
        yield from unknown(here, "签订对方", [pair.counterparty_role], roles, "counterparties")
        yield from unknown(here, "干部类别", [pair.signer_category], categories.get(pair.tier, []), "cadre_scopes")
        if pair.counterparty_role in roles:
            yield from ((here, text) for text in _obstacles(pair, roles[pair.counterparty_role], tiers))
    signers = [f"{pair.tier}/{pair.signer_category}" for pair in doc.signing_pairs]
    yield from repeated(("signing_pairs",), "同一类干部的签订对方", signers)


def _obstacles(pair: SigningPair, role: Counterparty, ranks: dict[str, int]) -> Iterator[str]:
    if pair.delegate_allowed and role.kind == "entity":
        yield f"“{pair.name}”同包保主体签订，主体没有委托人，请去掉 delegate_allowed"
    if pair.delegate_allowed and role.kind == "delegate":
        yield f"“{role.name}”本身是受委托人，不能再委托，请去掉 delegate_allowed"
    if role.kind == "entity" or role.tier not in ranks or pair.tier not in ranks:
        return
    if role.same_place and role.tier != pair.tier:
        yield (
            f"“{pair.name}”和“{role.name}”不在同一层，却写了同一辖区（same_place），没有人能签；"
            "请给对方写 same_place: false"
        )
    if ranks[role.tier] < ranks[pair.tier]:
        yield f"“{role.name}”的层级低于“{pair.name}”，没有人能签，请改正层级"


@reading("signing_pairs", "letter_review", "tiers")
def _reviewed(doc: PlanDocument) -> Iterator[Fault]:
    reviewed = {review.tier for review in doc.letter_review}
    for tier in doc.tiers:
        if tier.code not in reviewed and any(pair.tier == tier.code for pair in doc.signing_pairs):
            yield ("letter_review",), f"“{tier.name}”要签承诺书，却没有写由哪一级审核归档，签了没有地方交，请补上"


@reading("signing_due", "letter_review", "pledge_validity", "signing_modes", "tiers")
def _papers(doc: PlanDocument) -> Iterator[Fault]:
    codes = [tier.code for tier in doc.tiers]
    for index, review in enumerate(doc.letter_review):
        yield from unknown(("letter_review", index), "层级", [review.tier], codes, "tiers")
    yield from repeated(("letter_review",), "层级", [review.tier for review in doc.letter_review])
    for index, due in enumerate(doc.signing_due):
        yield from unknown(("signing_due", index), "层级", due.tiers, codes, "tiers")
    validity = doc.pledge_validity
    if validity.until == "months" and validity.months is None:
        yield ("pledge_validity",), "按月数计有效期，却没有写几个月（months）"
    if validity.until == "post_change" and validity.months is not None:
        yield ("pledge_validity",), "写了月数（months），有效期就要写 until: months"
    yield from repeated(("signing_modes",), "签订方式", [f"{line.mode}/{line.when}" for line in doc.signing_modes])


CHECKS = (_counterparties, _pairs, _reviewed, _papers)
