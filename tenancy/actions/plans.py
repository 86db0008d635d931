"""Acts on plans."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Plan, Post
from tenancy.plans import PlanFile
from tenancy.plans.choices import Publicity, labels_of
from tenancy.rules.refusals import Refused


def adopt_plan(jurisdiction: Jurisdiction, plan: PlanFile, *, since: date, by: Post | None) -> Plan:
    """Puts a plan in force from a day on; the one before ends the day before. Raises Refused on a later plan."""
    before = Plan.objects.filter(jurisdiction=jurisdiction, valid__contains=since).first()
    if before is not None and before.valid.lower < since:
        before.valid = DateRange(before.valid.lower, since)
        before.save(update_fields=["valid"])
    adopted = Plan(
        jurisdiction=jurisdiction,
        place=jurisdiction.path,
        title=plan.header.title,
        doc_number=plan.header.number,
        publicity=labels_of(Publicity)[plan.header.publicity],
        issued_on=plan.header.issued,
        valid=DateRange(since, None),
        document=plan.document(),
        paper=plan.header.model_dump(mode="json"),
    )
    try:
        with transaction.atomic():
            adopted.save()
    except IntegrityError as error:
        raise Refused(
            _("%(place)s在%(day)s及以后已有方案施行，请先调整那个方案的施行期间。")
            % {"place": jurisdiction.name, "day": since.isoformat()},
            code="plan-overlap",
        ) from error
    audit.record(
        "tenancy.plan.adopted", adopted, by=by, after={"number": plan.header.number, "since": since.isoformat()}
    )
    return adopted
