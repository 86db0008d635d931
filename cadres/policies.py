"""Who may do what with cadres and lists: the rights of tenancy.policies, asked in the acting post's own place."""

from entities.policies import may_keep_record
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting(post: Post | None, right: Right) -> Post:
    """The acting post, when it carries the right in its place; else Forbidden with the policy's own sentence."""
    require(may(post, right, post.place if post else None))
    assert post is not None
    return post


def penalties_keeper(post: Post | None) -> Post:
    """The office or the station's officer, who tell cadres of penalties and see who has read them; else Forbidden."""
    require(may_keep_record(post, "flag", post.place if post else None))
    assert post is not None
    return post
