"""The five signing relations as a street lives them: from the word in its roster to the signed paper that was passed.

What a pair demands is written out here a second time, so that another counterparty or another rule on delegates fails.
"""

import pytest

from cadres.models import Cadre
from commitments import actions
from tenancy.plans import codes_by_word, plain
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tests.commitments.conftest import AT, DAY, later
from tests.commitments.test_documents import pages_of

DELEGATE = {"name": "受托人", "title": "人大工委主任", "basis": "会纪〔2026〕3号"}
# Clause, who signs, the roster's words for such people, the other side as printed, and who that is in the desk's street.
DELEGABLE = [
    ("GM-27", "韦委员", ["党工委班子成员"], "本级党工委主要负责人", "林书记"),
    ("GM-28", "严副", ["办事处副职", "办公室主任"], "办事处主要负责人", "刘主任"),
    ("GM-29", "徐调研", ["相应职务职级的领导干部"], "本级党组织主要负责人", "林书记"),
    ("GM-30", "李㛃", ["居民区书记", "居民区主任"], "街道办事处（食品安全委员会）主要负责人", "刘主任"),
]
DELEGABLE_ROWS = [pytest.param(*row[1:], marks=pytest.mark.req(row[0]), id=row[0]) for row in DELEGABLE]
COMMITTEE = ("𬭊文军", ["居民区两委委员", "居民区两委成员"], "居民区书记、主任", "李㛃")


def category_of(cadre: Cadre, words: list[str]) -> list[str]:
    """What the plan in force makes of the roster's words on this cadre's tier."""
    document = plan_in_force(cadre.place, DAY).value
    scope = next(scope for scope in document.cadre_scopes if scope.tier == cadre.tier)
    known = codes_by_word(scope.categories)
    return [known[plain(word)] for word in words]


def paper(letter) -> str:
    return "".join(pages_of(actions.build_letter(letter)))


def signed_and_passed(desk, name: str) -> str:
    letter = desk.uploaded(name)
    by = desk.cast.qian if letter.reviewer_place == desk.cast.places["东城区"].path else desk.cast.li
    actions.review(letter, "passed", by=by, at=AT)
    return actions.file_letter(letter, archive_number="档-1", by=by, on=later(days=1).date()).state


@pytest.mark.parametrize(("name", "words", "role", "other"), DELEGABLE_ROWS)
def test_the_printed_pair_signs_and_a_delegate_may_sign_for_the_other_side(desk, name, words, role, other):
    cadre = desk.cadres[name]
    assert category_of(cadre, words) == [cadre.category] * len(words)
    desk.issue()
    letter = desk.letter(name)
    assert (letter.signer_name, letter.other_role, letter.other_name) == (name, role, other)
    first = paper(letter)
    assert (f"现向{role}作出如下承诺" in first, f"{role}或其委托人（签字）：" in first) == (True, True)
    actions.name_delegate(letter, **DELEGATE, by=desk.cast.li, on=DAY)
    second = paper(desk.letter(name))
    assert (f"受托人（人大工委主任，受{other}委托）" in second, "委托依据：会纪〔2026〕3号。" in second) == (True, True)
    assert signed_and_passed(desk, name) == "filed"


@pytest.mark.req("GM-31")
def test_committee_members_sign_with_their_secretary_himself_and_nobody_in_his_stead(desk):
    name, words, role, other = COMMITTEE
    cadre = desk.cadres[name]
    assert category_of(cadre, words) == [cadre.category] * len(words)
    desk.issue()
    letter = desk.letter(name)
    assert (letter.signer_name, letter.other_role, letter.other_name) == (name, role, other)
    with pytest.raises(Refused) as caught:
        actions.name_delegate(letter, **DELEGATE, by=desk.cast.li, on=DAY)
    assert caught.value.code == "delegate-not-allowed"
    printed = paper(desk.letter(name))
    assert (f"现向{role}作出如下承诺" in printed, f"{role}（签字）：" in printed) == (True, True)
    assert "委托" not in printed
    assert (desk.letter(name).delegate_name, signed_and_passed(desk, name)) == ("", "filed")
