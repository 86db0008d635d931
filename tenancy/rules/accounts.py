"""What a button about an account or a petition says, and which right it needs."""

from enum import StrEnum

from tenancy.rules.roles import Right


class AccountVerb(StrEnum):
    """What a system administrator does with an account at one press."""

    RESET = "reset"
    STOP = "stop"
    RESTART = "restart"
    SIGN_OUT = "sign-out"


class Decision(StrEnum):
    """How a petition ends."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


DECIDED_WITH: dict[Decision, Right] = {
    Decision.CONFIRM: Right.GRANT_ROLES,
    Decision.REFUSE: Right.GRANT_ROLES,
    Decision.WITHDRAW: Right.MANAGE_ACCOUNTS,
}
