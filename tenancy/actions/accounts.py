"""Acts on posts, and a person's own acts on his login. What an administrator does with logins stands in `logins`."""

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Account, Jurisdiction, Post, PostPlace, User
from tenancy.policies import role_group
from tenancy.queries.accounts import successors_of
from tenancy.rules.names import sort_key
from tenancy.rules.paths import contains, reduced
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ADMIN_ROLES, ROLES, Role, conflicts

# So many passwords before the present one may not come back.
REMEMBERED = 5


def create_login(username: str, *, password: str | None = None) -> User:
    """A login. Without a password it waits for its person to set one."""
    return User.objects.create_user(username=username, password=password)


def replace_password(user: AbstractBaseUser, password: str, *, at: datetime) -> User:
    """A person's own new password; the demand to change it is met. The trail names the login, never the password."""
    login = User.objects.get(pk=user.pk)
    lay_password(login, password)
    login.must_change_password, login.password_changed_at = False, at
    login.save()
    post = Post.objects.filter(user=login).select_related("jurisdiction").first()
    if post is not None:
        audit.record("tenancy.login.password_changed", post, by=post, at=post.jurisdiction)
    return login


def lay_password(login: User, password: str) -> None:
    """Sets the password on the row and remembers the one before; nothing is saved."""
    login.former_passwords = [login.password, *login.former_passwords][:REMEMBERED]
    login.set_password(password)


def appoint(
    jurisdiction: Jurisdiction,
    *,
    role: Role,
    person_name: str,
    since: date,
    by: Post | None,
    until: date | None = None,
    user: User | None = None,
    title: str = "",
    unit: str = "",
    phone: str = "",
    rank_order: int = 0,
) -> Post:
    """Puts a person in post, until a day or without an end. Rights follow from the role.

    Raises Refused when separated duties would meet in one person, or when another place looks after the login.
    """
    valid = DateRange(since, until)
    if user is not None:
        _refuse_conflict(user, role, valid)
        look_after(user, jurisdiction, person_name)
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
        valid=valid,
    )
    _put(post)
    told = {"person": person_name, "role": role.value, "title": title, "since": since.isoformat()}
    after = told | ({"until": until.isoformat()} if until else {})
    audit.record("tenancy.post.appointed", post, by=by, at=jurisdiction, after=after)
    return post


def give_login(post: Post, user: User, *, by: Post | None) -> Post:
    """Lets a person sign in for a post that a roster created; raises Refused when another person holds it."""
    if post.user_id not in (None, user.pk):
        raise Refused(_("“%s”已有登录账号；换人请先办理离任。") % post, code="post-held")
    _refuse_conflict(user, Role(post.role), post.valid)
    look_after(user, post.jurisdiction, post.person_name)
    post.user = user
    _put(post)
    audit.record("tenancy.post.login_given", post, by=by, after={"login": user.username})
    return post


def look_after(user: User, jurisdiction: Jurisdiction, person_name: str) -> Account:
    """The account of a login, opened in that place with its first post.

    Raises Refused for a login that a place out of sight looks after.
    """
    if account := Account.objects.filter(user=user).first():
        return account
    try:
        with transaction.atomic():
            return Account.objects.create(
                jurisdiction=jurisdiction, place=jurisdiction.path, user=user, person_name=person_name,
                sort_key=sort_key(person_name),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(
            _("登录名“%s”由别的地方管理，不能用于这个岗位；请另开账号。") % user.username, code="login-elsewhere"
        ) from error


def _put(post: Post) -> None:
    """Saves; what the database refuses is said as it would have been said before. It also sees posts out of sight."""
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as error:
        if "tenancy_post_separated" in str(error):
            raise Refused(
                _("此人另有与%s不能兼任的岗位：系统、安全、审计三员须分设，也不得兼办业务。") % post.role_name,
                code="separated-duties",
            ) from error
        raise Refused(
            _("%s在该单位同一时期已有岗位，请先办理离任。") % post.person_name, code="post-overlap"
        ) from error


def _refuse_conflict(user: User, role: Role, valid: DateRange) -> None:
    posts = Post.objects.filter(user=user, valid__overlap=valid)
    held = frozenset(Role(value) for value in posts.values_list("role", flat=True))
    if conflicts(held, role):
        names = "、".join(ROLES[each].name for each in sorted(held))
        raise Refused(
            _("同一人不能兼任%(wanted)s与%(held)s：系统、安全、审计三员须分设，也不得兼办业务。")
            % {"wanted": ROLES[role].name, "held": names},
            code="separated-duties",
        )


def serve_places(post: Post, places: list[Jurisdiction], *, by: Post) -> None:
    """Lets a post act in several places under its own; an empty list gives it its whole place again."""
    named = {"own": post.jurisdiction.name}
    for place in places:
        if not contains(post.place, place.path):
            raise Refused(
                _("“%(place)s”不在该岗位所在的“%(own)s”之内；为几个地方服务的岗位，请设在它们共同的上级。")
                % {"place": place.name, **named},
                code="place-outside",
            )
        if place.closed_on is not None:
            raise Refused(_("“%s”已撤销，不能列为服务区域。") % place.name, code="place-closed")
    if len(reduced(place.path for place in places)) < len(places):
        raise Refused(_("服务区域不能互相包含：已选上级的，不用再选它的下级。"), code="places-nest")
    before = list(post.serves.order_by("jurisdiction__path").values_list("jurisdiction__name", flat=True))
    post.serves.all().delete()
    PostPlace.objects.bulk_create(PostPlace(post=post, place=post.place, jurisdiction=place) for place in places)
    after = [place.name for place in places]
    audit.record("tenancy.post.serves", post, by=by, before={"places": before}, after={"places": after})


def dismiss(post: Post, *, by: Post, on: date) -> Post:
    """Ends a post: its last day is the day before `on`. Nothing is deleted."""
    post = Post.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=post.pk)
    if post.valid.upper is not None and post.valid.upper <= on:
        raise Refused(
            _("“%(post)s”的任职到%(day)s已经结束，不用再办离任。")
            % {"post": post, "day": post.valid.upper.isoformat()},
            code="post-ended",
        )
    if post.valid.lower >= on:
        raise Refused(_("离任日期必须晚于任职日期。"), code="post-empty")
    if post.user_id is not None and post.user_id == by.user_id:
        raise Refused(_("不能办理自己的离任；请由其他管理员办理。"), code="own-post")
    refuse_last(post, on)
    before = {"until": post.valid.upper.isoformat()} if post.valid.upper else None
    post.valid = DateRange(post.valid.lower, on)
    post.save(update_fields=["valid"])
    audit.record("tenancy.post.dismissed", post, by=by, before=before, after={"until": on.isoformat()})
    return post


def reinstate(post: Post, *, until: date | None, by: Post) -> Post:
    """Takes a dismissal back: the post goes on to the end it had, None for no end."""
    post = Post.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=post.pk)
    valid = DateRange(post.valid.lower, until)
    if post.user_id is not None:
        since_then = Post.objects.filter(user=post.user_id, valid__overlap=DateRange(post.valid.upper, until))
        if other := since_then.exclude(pk=post.pk).first():
            raise Refused(
                _("“%(post)s”离任后已有别的岗位（%(other)s），不能恢复；请为他重新登记岗位。")
                % {"post": post, "other": other},
                code="post-taken",
            )
    before = {"until": post.valid.upper and post.valid.upper.isoformat()}
    post.valid = valid
    post.save(update_fields=["valid"])
    audit.record("tenancy.post.reinstated", post, by=by, before=before, after={"until": until and until.isoformat()})
    return post


def refuse_last(post: Post, on: date) -> None:
    """Of system, security and audit administrators each place keeps one who can sign in and whose post has no end."""
    if Role(post.role) not in ADMIN_ROLES:
        return
    # Two who would leave at the same moment wait for each other here.
    Jurisdiction.objects.select_for_update().get(pk=post.jurisdiction_id)
    if not successors_of(post, on).exists():
        raise Refused(
            _("“%(post)s”是“%(place)s”最后一名%(role)s；请先任命接替的人，再办理。")
            % {"post": post, "place": post.jurisdiction.name, "role": post.role_name},
            code="last-administrator",
        )
