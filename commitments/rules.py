"""When a letter may move on, with whom it is signed, who reviews it. Plain values in, plain values out.

No clock, no database and no place's name: the plan says which pairs exist, the caller brings people and places.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tenancy.plans import PlanDocument, plain
from tenancy.plans.document import Counterparty, LetterReview, PlaceLevel, SigningPair
from tenancy.rules.paths import contains
from tenancy.rules.refusals import Refused

# Shown for ten seconds; the rest is the way to the server.
UNDO_SHOWN = 10
UNDO_WITHIN = timedelta(seconds=UNDO_SHOWN + 5)
TITLE_PARTS = re.compile(r"[、，,；;/]|兼任?")


class State(StrEnum):
    """Where a letter stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    UPLOADED = "uploaded"
    RETURNED = "returned"
    APPROVED = "approved"
    FILED = "filed"


STATE_LABELS = {
    State.DRAFT: "待签",
    State.ISSUED: "待签",
    State.UPLOADED: "待审",
    State.RETURNED: "退回",
    State.APPROVED: "已通过",
    State.FILED: "已归档",
}
# A letter signed on paper before it was ever printed from here is uploaded straight from draft.
NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.ISSUED, State.UPLOADED}),
    State.ISSUED: frozenset({State.DRAFT, State.UPLOADED}),
    State.UPLOADED: frozenset({State.UPLOADED, State.APPROVED, State.RETURNED}),
    State.RETURNED: frozenset({State.UPLOADED}),
    State.APPROVED: frozenset({State.FILED, State.RETURNED, State.UPLOADED}),
    State.FILED: frozenset(),
}
MENDS = {
    State.DRAFT: "请先下载打印，双方签字后上传扫描件",
    State.ISSUED: "请在双方签字后上传扫描件",
    State.UPLOADED: "请等待审核结果",
    State.RETURNED: "请按退回原因改好后重新上传扫描件",
    State.APPROVED: "如发现有误，请由审核单位退回后再改",
    State.FILED: "已归档的承诺书不再改动",
}
STOCK_REASONS = (
    "承诺人未签字",
    "对方未签字",
    "签字日期漏填",
    "扫描件不清楚",
    "缺页",
    "姓名或职务与登记不一致",
)


def advance(state: State, to: State) -> State:
    """The state asked for. Raises Refused where the letter cannot go there from here."""
    if to not in NEXT[state]:
        raise Refused(
            f"这份承诺书目前是“{STATE_LABELS[state]}”，不能改为“{STATE_LABELS[to]}”。{MENDS[state]}。",
            code="letter-state",
        )
    return to


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in post, as far as signing asks: where, on which layer, with which title."""

    post_id: int
    name: str
    title: str
    place: str
    layer: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """With whom a cadre signs, or the sentence that says why the system draws up no letter."""

    pair: SigningPair | None
    other: Person | None
    obstacle: str = ""
    signed_above: bool = False


def pair_with(signer: Person, document: PlanDocument, heads: Iterable[Person]) -> Pairing:
    """The plan's pair for a cadre and the person found for its other side."""
    pair = document.pair_for(signer.layer, signer.category)
    if pair is None:
        return Pairing(None, None, "方案的签订关系没有列入这一类干部，由上级组织签订", signed_above=True)
    role = counterparty(document, pair)
    if role is None:
        return Pairing(pair, None, f"方案没有写明“{pair.name}”同谁签订，请先补全方案")
    if role.kind == "entity":
        return Pairing(pair, None, f"“{pair.name}”同{document.names.entity}签订，请线下签订后由双方各自存档")
    found = [head for head in heads if stands_for(head, role, signer, document)]
    if any(head.post_id == signer.post_id for head in found):
        return Pairing(pair, None, f"本人就是{role.name}，不能同自己签订，由上级组织签订", signed_above=True)
    if not found:
        return Pairing(pair, None, f"没有找到在任的{role.name}，请先登记其岗位（职务：{'、'.join(role.titles)}）")
    return Pairing(pair, min(found, key=lambda head: rank_of(head, role, signer)))


def counterparty(document: PlanDocument, pair: SigningPair) -> Counterparty | None:
    """The other side a pair names."""
    return next((role for role in document.counterparties if role.code == pair.counterparty_role), None)


def stands_for(head: Person, role: Counterparty, signer: Person, document: PlanDocument) -> bool:
    """Whether this person is the other side for this signer: title, layer, and the same place or one above."""
    tier = document.tier(role.tier)
    layers = {role.tier, tier.level.value} if tier else {role.tier}
    near = head.place == signer.place if role.same_place else contains(head.place, signer.place)
    return near and head.layer in layers and bool(titles_of(head.title) & {plain(title) for title in role.titles})


def titles_of(text: str) -> set[str]:
    """党工委书记、人大工委主任 holds two titles."""
    return {plain(part) for part in TITLE_PARTS.split(text) if part.strip()}


def rank_of(head: Person, role: Counterparty, signer: Person) -> tuple[int, int, bool, int]:
    """The nearest place first, then the title the plan names first, then who stands in the roster, then the elder post."""
    order = [plain(title) for title in role.titles]
    title = min(order.index(each) for each in titles_of(head.title) if each in order)
    return len(signer.place) - len(head.place), title, not head.category, head.post_id


def refuse_delegate(document: PlanDocument, pair_code: str, cite: str) -> None:
    """Raises Refused where the plan lets nobody sign in the other side's stead."""
    pair = next((pair for pair in document.signing_pairs if pair.code == pair_code), None)
    if pair is None or not pair.delegate_allowed:
        name = pair.name if pair else "这一类"
        raise Refused(
            f"“{name}”的承诺书不能由委托人代签：方案没有写“或其委托人”（{cite}）。请由对方本人签字。",
            code="delegate-not-allowed",
        )


def review_for(document: PlanDocument, tier: str) -> LetterReview | None:
    """The plan's line on who reviews and keeps the letters of a tier."""
    return next((line for line in document.letter_review if line.tier == tier), None)


def reviewer_of(line: Sequence[tuple[int, str]], wanted: PlaceLevel, document: PlanDocument) -> int | None:
    """The nearest place above on the wanted level, from (id, level) of the tenant down to the letter's own place.

    A place whose level the plan does not name stands above every one it does; None when all of them lie below.
    """
    above = [(pk, level_of(level, document)) for pk, level in reversed(line[:-1])]
    return next((pk for pk, level in above if level in (wanted, None)), None)


def level_of(word: str, document: PlanDocument) -> PlaceLevel | None:
    """The rung a place stands on, by the plan's tier of that code or by the rung's own word."""
    tier = document.tier(word)
    if tier is not None:
        return tier.level
    return PlaceLevel(word) if word in set(PlaceLevel) else None


def is_undoable(decided_at: datetime, at: datetime) -> bool:
    """A decision is taken back at once or not at all."""
    return at - decided_at <= UNDO_WITHIN


def number_text(year: int, number: int) -> str:
    """〔2026〕12号: brackets and no leading zeros, as GB/T 9704 writes numbers."""
    return f"〔{year}〕{number}号"
