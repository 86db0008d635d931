"""承诺书: who signs before whom, how, for how long, and who keeps the paper."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import Level, PartyKind, PlatformStage, SigningWay, ValidityRule
from tenancy.plans.conditions import Clause, Code, Coded, Day, ItemCode, Leaf, Name, Text, TierCode, Words


class Counterparty(Coded):
    """Before whom a letter is signed, and by which post titles a roster shows that person."""

    kind: PartyKind = Field("superior", title="种类")
    tier: str = Field("", title="层级", description="对方在哪一层任职；同主体签订的不填。")
    titles: Words = Field((), title="职务", description="名册里对方的职务写法。")
    same_place: bool = Field(True, title="与签订人同一辖区")
    clause: Clause = ""


class SigningPair(Leaf):
    """Who signs with whom; `filed_to` is the body that keeps the letter."""

    code: ItemCode
    name: Name
    tier: TierCode
    signer_category: Code = Field(title="签订人类别", description="填该层干部范围里的类别代码。")
    counterparty_role: Code = Field(title="签订对方", description="填 counterparties 里的代码。")
    delegate_allowed: bool = Field(False, title="对方可以委托他人签")
    filed_to: str = Field("", title="报谁存档")
    clause: Clause = ""


class LetterReview(Leaf):
    """The level that reviews and keeps the letters of a tier."""

    tier: TierCode
    reviewer_level: Level = Field(title="由哪一级审核")
    body: Text = Field(title="审核单位")
    clause: Clause = ""


class SigningMode(Leaf):
    """A way of signing, and when it is used."""

    mode: SigningWay = Field(title="方式")
    when: PlatformStage = Field("always", title="何时用")
    clause: Clause = ""


class LetterValidity(Leaf):
    """How long a letter binds."""

    until: ValidityRule = Field("post_change", title="有效到")
    months: Annotated[int, Field(ge=1, le=120)] | None = Field(None, title="月数")
    clause: Clause = ""


class LetterDue(Coded):
    """By when the letters of some tiers are signed."""

    tiers: tuple[Code, ...] = Field((), title="层级", description="不填为各层。")
    by: Day = Field(title="期限（含当日）")
    clause: Clause = ""


class Signing(Leaf):
    """承诺书."""

    counterparties: tuple[Counterparty, ...] = Field((), title="签订对方")
    signing_pairs: tuple[SigningPair, ...] = Field((), title="签订关系")
    signing_modes: tuple[SigningMode, ...] = Field((), title="签订方式", description="不填为不限方式。")
    signing_due: tuple[LetterDue, ...] = Field((), title="签订期限")
    pledge_validity: LetterValidity = Field(LetterValidity(), title="有效期")
    letter_review: tuple[LetterReview, ...] = Field((), title="审核归档")
