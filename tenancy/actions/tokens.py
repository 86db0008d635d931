"""API tokens: a person's own post, opened by another system, for reading or for writing too."""

from datetime import date, datetime, time

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from tenancy.actions.doors import issue_door
from tenancy.models import Door, Post
from tenancy.policies import may_issue_tokens
from tenancy.rules.doors import TOKEN_LASTS_AT_MOST
from tenancy.rules.refusals import Refused, require

MOST_TOKENS = 20


def issue_token(name: str, *, last_day: date, read_only: bool, by: Post, on: date, at: datetime) -> tuple[Door, str]:
    """A token for the acting post, good until the end of its last day; raises Refused beyond a year."""
    require(may_issue_tokens(by))
    if not on <= last_day <= on + TOKEN_LASTS_AT_MOST:
        raise Refused(_("有效期要在今天到一年之内；到期后可以重新生成。"), code="token-term")
    if Door.objects.of("api", by.pk).open_at(at).count() >= MOST_TOKENS:
        raise Refused(_("已有%d个有效令牌，请先收回不用的再生成。") % MOST_TOKENS, code="token-many")
    until = datetime.combine(last_day, time.max, tzinfo=get_current_timezone())
    return issue_door("api", by.jurisdiction, by, expires_at=until, by=by, name=name, read_only=read_only)
