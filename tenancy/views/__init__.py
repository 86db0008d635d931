"""Pages of the bottom app: signing in, choosing a post, health, and the answers for errors."""

from tenancy.views.entering import enter_pin, open_invitation
from tenancy.views.errors import answer_403, answer_404, answer_500, answer_csrf
from tenancy.views.health import livez, readyz, show_health
from tenancy.views.keys import list_tokens, revoke_own_device, revoke_token
from tenancy.views.session import change_password, choose_post, show_me, sign_in, sign_out

__all__ = [
    "answer_403",
    "answer_404",
    "answer_500",
    "answer_csrf",
    "change_password",
    "choose_post",
    "enter_pin",
    "list_tokens",
    "livez",
    "open_invitation",
    "readyz",
    "revoke_own_device",
    "revoke_token",
    "show_health",
    "show_me",
    "sign_in",
    "sign_out",
]
