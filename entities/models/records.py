"""What the register keeps beside an entity, each in as many lines as there are: licences, people, insurance, codes that
other systems know it by, and what authorities have laid upon it."""

from datetime import date
from typing import ClassVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from entities.models.register import STATUSES, Entity
from entities.rules.codes import LicenceKind, licence_kind
from entities.rules.vocabulary import CheckResult, ContactRole, FlagKind, LicenceState
from tenancy.fields import Phone, PhoneField
from tenancy.models import ImportBatch, Located, Post
from tenancy.wall import SamePlace

# A certificate of a province; its number tells nothing of its kind.
LOCAL = "local"
LICENCE_KINDS = {
    LicenceKind.OPERATION.value: _("食品经营许可证"),
    LicenceKind.PRODUCTION.value: _("食品生产许可证"),
    LicenceKind.FILING.value: _("仅销售预包装食品备案"),
    LicenceKind.OLD_PRODUCTION.value: _("食品生产许可证（旧版QS）"),
    LOCAL: _("地方登记或备案"),
}
LICENCE_STATES = {
    LicenceState.IN_FORCE.value: _("有效"),
    LicenceState.REPLACED.value: _("已换证"),
    LicenceState.CANCELLED.value: _("已注销"),
    LicenceState.WITHDRAWN.value: _("已撤销"),
    LicenceState.REVOKED.value: _("已吊销"),
}
CONTACT_ROLES = {
    ContactRole.PRINCIPAL.value: _("负责人"),
    ContactRole.DIRECTOR.value: _("食品安全总监"),
    ContactRole.OFFICER.value: _("食品安全员"),
    ContactRole.CONTACT.value: _("联系人"),
    ContactRole.CONTRACTOR.value: _("承包方负责人"),
    ContactRole.OTHER.value: _("其他从业人员"),
}
FLAG_KINDS = {
    FlagKind.BAN.value: _("行业禁入"),
    FlagKind.CREDIT.value: _("信用惩戒"),
    FlagKind.PENALTY.value: _("行政处罚"),
}
CHECK_RESULTS = {
    CheckResult.FIT.value: _("符合"),
    CheckResult.MOSTLY.value: _("基本符合"),
    CheckResult.UNFIT.value: _("不符合"),
    CheckResult.CLOSED.value: _("停业关闭"),
    CheckResult.MOVED.value: _("已迁出"),
    CheckResult.NOT_FOUND.value: _("查无此店"),
}


class RecordQuerySet(models.QuerySet["Record"]):
    def standing(self) -> "RecordQuerySet":
        """Those nobody has struck."""
        return self.filter(struck_on__isnull=True)


class StandingManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """Every ordinary read, along a relation too, leaves out what was struck."""

    def get_queryset(self) -> RecordQuerySet:
        found: RecordQuerySet = super().get_queryset().standing()
        return found


class Record(Located):
    """One line beside an entity. What was entered by mistake is struck, not deleted, so that it can be put back.

    `typed` names what a form asks for, in its order; `ends` the day after which it no longer holds.
    """

    typed: ClassVar[tuple[str, ...]] = ()
    begins: ClassVar[str] = ""
    ends: ClassVar[str] = ""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="%(class)ss")
    struck_on = models.DateField(null=True, editable=False)
    struck_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = StandingManager()
    every = RecordQuerySet.as_manager()

    class Meta(Located.Meta):
        abstract = True
        base_manager_name = "every"


class Brought(Record):
    """A line that a workbook of its own may have brought."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Record.Meta):
        abstract = True


def beside(name: str, begins: str = "", ends: str = "") -> list[models.BaseConstraint]:
    """What every table of lines asks for: the place of its entity, and days in their order."""
    constraints: list[models.BaseConstraint] = [SamePlace(name=f"{name}_place", parent="entity")]
    if begins and ends:
        in_order = Q(**{f"{begins}__isnull": True}) | Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": F(begins)})
        constraints.append(models.CheckConstraint(condition=in_order, name=f"{name}_days"))
    return constraints


class Licence(Record):
    """A licence, registration or filing. Ledgers in use repeat numbers by mistake, so a number is no key.

    A ledger writes only the number; the columns beside it have defaults in the database.
    """

    typed = ("kind", "number", "issued_by", "valid_from", "valid_until", "scope", "state")
    begins, ends = "valid_from", "valid_until"

    # No index of its own: the unique (entity, number) begins with it.
    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="licences"
    )
    kind = models.CharField(
        _("证照类别"), max_length=8, choices=LICENCE_KINDS, blank=True, default="", db_default="",
        help_text=_("不选就按编号的字头判断。"),
    )  # fmt: skip
    number = models.CharField(_("许可证编号"), max_length=40)
    issued_by = models.CharField(_("发证机关"), max_length=60, blank=True, default="", db_default="")
    valid_from = models.DateField(_("有效期自"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("长期有效就留空。"))
    scope = models.CharField(_("许可范围"), max_length=200, blank=True, default="", db_default="")
    state = models.CharField(
        _("证照状态"), max_length=12, choices=LICENCE_STATES,
        default=LicenceState.IN_FORCE.value, db_default=LicenceState.IN_FORCE.value,
    )  # fmt: skip
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Record.Meta):
        verbose_name = _("许可证")
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["number"], name="licence_number"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_licence", "valid_from", "valid_until"),
            models.UniqueConstraint(fields=["entity", "number"], name="entities_licence_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day; one without an end goes on. `queries.quality.has_licence` asks the same."""
        return self.state == LicenceState.IN_FORCE and (self.valid_until is None or self.valid_until >= on)

    @property
    def kind_name(self) -> str:
        """As entered, else as the letters of its number say."""
        return str(LICENCE_KINDS[self.kind or licence_kind(self.number).value or LOCAL])


class Contact(Brought):
    """A person of an entity: 负责人, 两员, 联系人 and others, with the days of the post and of the health certificate.

    A person who serves several shops has a line in each; name and telephone say that it is the same one.
    """

    SHIFTS: ClassVar = {"full": _("专职"), "part": _("兼职")}
    typed = ("role", "name", "phone", "shift", "since", "until", "health_until", "appointment")
    begins, ends = "since", "until"

    role = models.CharField(_("身份"), max_length=12, choices=CONTACT_ROLES)
    name = models.CharField(_("姓名"), max_length=30)
    phone = PhoneField(_("电话"))
    shift = models.CharField(_("专职或兼职"), max_length=4, choices=SHIFTS, blank=True, default="")
    since = models.DateField(_("任职起"), null=True, blank=True)
    until = models.DateField(_("任职止"), null=True, blank=True, help_text=_("最后一天；仍在任就留空。"))
    health_until = models.DateField(_("健康证有效期至"), null=True, blank=True)
    appointment = models.CharField(
        _("任命文件"), max_length=60, blank=True, default="", help_text=_("任命书的文号或日期。")
    )

    class Meta(Record.Meta):
        verbose_name = _("人员")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_contact", "since", "until"),
            models.CheckConstraint(condition=Q(role__in=list(CONTACT_ROLES)), name="entities_contact_role"),
            models.CheckConstraint(condition=~Q(name=""), name="entities_contact_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place", "phone_index"], name="entities_contact_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_role_display()}）"

    @property
    def who(self) -> tuple[str, str]:
        """Name and index of the telephone: equal for one person in several shops."""
        return self.name, cast(Phone, self.phone).index


class Insurance(Record):
    """食品安全责任保险: one policy of an entity."""

    typed = ("insurer", "policy_number", "valid_from", "valid_until")
    begins, ends = "valid_from", "valid_until"

    insurer = models.CharField(_("承保公司"), max_length=60)
    policy_number = models.CharField(_("保单号"), max_length=60)
    valid_from = models.DateField(_("保险期间起"))
    valid_until = models.DateField(_("保险期间止"))

    class Meta(Record.Meta):
        verbose_name = _("食品安全责任保险")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_insurance", "valid_from", "valid_until"),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {self.policy_number}"


class ExternalCode(Record):
    """外部编码: by which another system knows the entity. None is asked for."""

    typed = ("system", "number")

    system = models.CharField(_("系统名称"), max_length=40, help_text=_("如外卖平台、追溯平台的名称。"))
    number = models.CharField(_("编码"), max_length=80, help_text=_("主体在该系统中的编号。"))

    class Meta(Record.Meta):
        verbose_name = _("外部编码")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_externalcode"),
            # The first part of a place is its tenant: another one may use the same code, and learns nothing of this one.
            models.UniqueConstraint(
                Func(F("place"), Value("/"), Value(1), function="split_part"),
                F("system"),
                F("number"),
                condition=Q(struck_on__isnull=True),
                name="entities_externalcode_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class Flag(Brought):
    """行业禁入, 信用惩戒 or 行政处罚, upon the entity or a person named, always with its source and paper.

    measures: 处罚种类 in the words of the place's plan of that day. stops_as: the status in which they leave a business,
    empty where it runs on.
    """

    typed = ("kind", "measures", "person", "text", "source", "document", "decided_on", "since", "until")
    begins, ends = "since", "until"

    kind = models.CharField(_("类别"), max_length=8, choices=FLAG_KINDS)
    measures = ArrayField(
        models.CharField(max_length=40), verbose_name=_("处罚种类"), blank=True, default=list,
        help_text=_("行政处罚才选，可以多选。"),
    )  # fmt: skip
    stops_as = models.CharField(max_length=12, choices=STATUSES, blank=True, default="", editable=False)
    person = models.CharField(
        _("责任人"), max_length=30, blank=True, default="", help_text=_("标在某个人身上就填姓名；标在主体上留空。")
    )
    text = models.CharField(_("内容"), max_length=200)
    source = models.CharField(_("来源"), max_length=60, help_text=_("作出决定或公布的机关。"))
    document = models.CharField(_("文号"), max_length=60)
    decided_on = models.DateField(_("决定日期"), null=True, blank=True, help_text=_("行政处罚要填决定书的日期。"))
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True, help_text=_("最后一天；没有期限就留空。"))

    class Meta(Record.Meta):
        verbose_name = _("处罚和信用")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_flag", "since", "until"),
            models.CheckConstraint(condition=Q(kind__in=list(FLAG_KINDS)), name="entities_flag_kind"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(document=""), name="entities_flag_founded"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document}"

    @property
    def given_on(self) -> date:
        """The day of its decision, else the day since when it holds."""
        return self.decided_on or self.since


class StationCheck(Brought):
    """监督检查: the market-supervision station looked at the business; law enforcement, not a cadre's visit."""

    typed = ("checked_on", "result", "source", "problems", "document")

    checked_on = models.DateField(_("检查日期"))
    result = models.CharField(_("检查结果"), max_length=12, choices=CHECK_RESULTS)
    source = models.CharField(_("检查机构"), max_length=60)
    problems = models.CharField(_("存在问题"), max_length=300, blank=True, default="")
    document = models.CharField(_("文书编号"), max_length=60, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("监督检查")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *beside("entities_stationcheck"),
            models.CheckConstraint(condition=Q(result__in=list(CHECK_RESULTS)), name="entities_stationcheck_result"),
            models.CheckConstraint(condition=~Q(source=""), name="entities_stationcheck_founded"),
        ]

    def __str__(self) -> str:
        return f"{self.checked_on:%Y-%m-%d} {self.get_result_display()}"


# By the word that stands in addresses and in the trail.
RECORDS: dict[str, type[Record]] = {
    "licence": Licence,
    "contact": Contact,
    "insurance": Insurance,
    "code": ExternalCode,
    "flag": Flag,
    "check": StationCheck,
}
