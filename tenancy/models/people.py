"""Login facts (outside the wall) and people in post (behind it)."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenancy.fields import PhoneField
from tenancy.models.located import Located
from tenancy.models.tree import Jurisdiction
from tenancy.rules.roles import ROLES, Role
from tenancy.wall import SamePlace, Wall

# How the name of a login begins that a personal card made; nobody can choose such a name.
CARD = "card:"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **facts: Any) -> "User":
        """A login; without a password it cannot be used until the person sets one."""
        user = self.model(username=self.model.normalize_username(username), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Only what signing in needs. Names, telephones and signatures stand on the post, behind the wall."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    # Hashes of the passwords before, the latest first.
    former_passwords = models.JSONField(default=list)
    # Whether signing in asks for a code; said here so that a request needs no further query.
    has_second_factor = models.BooleanField(default=False)
    # Raised to end every session of the person.
    sessions_ended = models.PositiveIntegerField(default=0)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("登录名")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Rights come from posts; a superuser would walk past every policy.
            models.CheckConstraint(condition=Q(is_superuser=False), name="tenancy_user_no_superuser"),
        ]

    @property
    def by_card(self) -> bool:
        """Whether a personal card made this login: it has no password, and nobody types its name."""
        return self.username.startswith(CARD)

    @property
    def login_name(self) -> str:
        """What its person types to sign in, or that he uses his card."""
        return gettext("个人卡") if self.by_card else self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own, with the count of endings beside the password."""
        told = f"{self.password}|{self.sessions_ended}"
        return salted_hmac("tenancy.User.sessions", told, secret=secret, algorithm="sha256").hexdigest()


def same(field: str) -> tuple[Func, str]:
    """Equality of an id as an exclusion constraint can ask it without an extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range"), RangeOperators.OVERLAPS


def apart(*roles: Role) -> tuple[Func, str]:
    """Whether of two rows one has one of the roles and the other has none of them: 0 and 1 touch, equals do not."""
    side = Case(When(role__in=[role.value for role in roles], then=Value(1)), default=Value(0))
    return Func(side, side, Value("[]"), function="int4range"), RangeOperators.ADJACENT_TO


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: Any) -> "PostQuerySet":
        return self.filter(valid__contains=day)


class Post(Located):
    """A person in a capacity: who, in which role, in which place, from when to when."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    role = models.CharField(_("角色"), max_length=32, choices={role.value: ROLES[role].name for role in Role})
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    # Rights lent to this post alone, for a time; made with the first of them.
    own_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    person_name = models.CharField(_("姓名"), max_length=40)
    sort_key = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    unit = models.CharField(_("单位"), max_length=60, blank=True, default="")
    title = models.CharField(_("职务"), max_length=60, blank=True, default="")
    rank_order = models.PositiveIntegerField(_("排序"), default=0)
    phone = PhoneField(_("联系电话"))
    valid = DateRangeField(_("任职期间"))

    # The day the post acts on, set by the edge; never stored.
    acting_on: date | None = None

    objects = PostQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("岗位")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_post_wall", reads="own"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_post_id_place"),
            SamePlace(name="tenancy_post_place", parent="jurisdiction"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="tenancy_post_held_some_day"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="tenancy_post_known_role"),
            ExclusionConstraint(
                name="tenancy_post_once",
                expressions=[
                    (Func(F("user_id"), F("user_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("jurisdiction_id"), F("jurisdiction_id"), Value("[]"), function="int8range"), "&&"),
                    ("valid", "&&"),
                ],
                condition=Q(user__isnull=False),
                violation_error_message=_("此人在该单位同一时期已有岗位。"),
            ),
            # Four kinds of duty told apart by two bits: system, security, audit, business. Two posts of one person
            # that differ in either bit may not meet.
            *(
                ExclusionConstraint(
                    name=f"tenancy_post_separated_{bit}",
                    expressions=[same("user_id"), apart(*roles), ("valid", RangeOperators.OVERLAPS)],
                    condition=Q(user__isnull=False),
                )
                for bit, roles in (
                    ("a", (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)),
                    ("b", (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.title or self.role_name}"

    @property
    def role_name(self) -> str:
        return ROLES[Role(self.role)].name


class PostPlace(Located):
    """A further place a post serves: a station or a 片区 office serves several streets that lie side by side."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, db_constraint=False, related_name="serves")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("服务区域")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_postplace_wall", reads="post"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_postplace_id_place"),
            SamePlace(name="tenancy_postplace_place", parent="post"),
            models.UniqueConstraint(fields=["post", "jurisdiction"], name="tenancy_postplace_once"),
        ]
