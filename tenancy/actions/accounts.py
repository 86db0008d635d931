"""Acts on logins and posts."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Post, PostPlace, User
from tenancy.policies import role_group
from tenancy.rules.names import sort_key
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ROLES, Role, conflicts


def create_login(username: str, *, password: str | None = None) -> User:
    """A login. Without a password it waits for its person to set one."""
    return User.objects.create_user(username=username, password=password)


def replace_password(user: AbstractBaseUser, password: str) -> User:
    """A person's own new password; the demand to change it is met. The trail names the login, never the password."""
    account = User.objects.get(pk=user.pk)
    account.set_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    post = Post.objects.filter(user=account).select_related("jurisdiction").first()
    if post is not None:
        audit.record("tenancy.login.password_changed", post, by=post, at=post.jurisdiction)
    return account


def appoint(
    jurisdiction: Jurisdiction,
    *,
    role: Role,
    person_name: str,
    since: date,
    by: Post | None,
    user: User | None = None,
    title: str = "",
    unit: str = "",
    phone: str = "",
    rank_order: int = 0,
) -> Post:
    """Puts a person in post. Rights follow from the role; raises Refused when separated duties would meet in one person."""
    if user is not None:
        _refuse_conflict(user, role)
    post = Post(
        jurisdiction=jurisdiction,
        place=jurisdiction.path,
        user=user,
        role=role.value,
        group=role_group(role, jurisdiction),
        person_name=person_name,
        sort_key=sort_key(person_name),
        title=title,
        unit=unit,
        phone=phone,
        rank_order=rank_order,
        valid=DateRange(since, None),
    )
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as error:
        raise Refused(_("%s在该单位同一时期已有岗位，请先办理离任。") % person_name, code="post-overlap") from error
    audit.record(
        "tenancy.post.appointed",
        post,
        by=by,
        at=jurisdiction,
        after={"person": person_name, "role": role.value, "title": title, "since": since.isoformat()},
    )
    return post


def give_login(post: Post, user: User, *, by: Post | None) -> Post:
    """Lets a person sign in for a post that a roster created; raises Refused when another person holds it."""
    if post.user_id not in (None, user.pk):
        raise Refused(_("“%s”已有登录账号；换人请先办理离任。") % post, code="post-held")
    _refuse_conflict(user, Role(post.role))
    post.user = user
    post.save()
    audit.record("tenancy.post.login_given", post, by=by, after={"login": user.username})
    return post


def _refuse_conflict(user: User, role: Role) -> None:
    held = frozenset(Role(value) for value in Post.objects.filter(user=user).values_list("role", flat=True))
    if conflicts(held, role):
        names = "、".join(ROLES[each].name for each in sorted(held))
        raise Refused(
            _("同一人不能兼任%(wanted)s与%(held)s：系统、安全、审计三员须分设，也不得兼办业务。")
            % {"wanted": ROLES[role].name, "held": names},
            code="separated-duties",
        )


def serve_places(post: Post, places: list[Jurisdiction], *, by: Post) -> None:
    """Lets a post act in several places under its own; an empty list gives it its whole place again."""
    post.serves.all().delete()
    PostPlace.objects.bulk_create(PostPlace(post=post, place=post.place, jurisdiction=place) for place in places)
    audit.record("tenancy.post.serves", post, by=by, after={"places": [place.name for place in places]})


def dismiss(post: Post, *, by: Post, on: date) -> Post:
    """Ends a post: its last day is the day before `on`. Nothing is deleted."""
    if post.valid.lower >= on:
        raise Refused(_("离任日期必须晚于任职日期。"), code="post-empty")
    post.valid = DateRange(post.valid.lower, on)
    post.save(update_fields=["valid"])
    audit.record("tenancy.post.dismissed", post, by=by, after={"until": on.isoformat()})
    return post
