"""How a refusal travels: a policy's answer and the one exception an action raises.

The sentence inside is shown to the person unchanged, by page and API alike: what, why (with the clause), how to mend.
"""

from dataclasses import dataclass


class Refused(Exception):
    """The state or a rule does not allow this; the sentence says why and what to do."""

    def __init__(self, reason: str, *, code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Forbidden(Refused):
    """The person's post does not carry this right here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, code="forbidden")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A policy's yes."""

    reason: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """A policy's no, falsy, with the sentence for the grey button."""

    reason: str

    def __bool__(self) -> bool:
        return False


def require(answer: Allowed | Denied) -> None:
    """Raises Forbidden with the policy's own sentence."""
    if not answer:
        raise Forbidden(answer.reason)
