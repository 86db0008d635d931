"""Taking the responsibility list out of the system: exporting is a right of its own and every download is recorded."""

from dataclasses import asdict

from cadres.models import ResponsibilityList
from cadres.queries.coverage import ListFilter, Scope
from cadres.queries.papers import printed_rows
from cadres.workbooks import list_workbook
from tenancy import audit
from tenancy.models import Post


def export_list(scope: Scope, asked: ListFilter, *, by: Post) -> bytes:
    """The day's rows under the page's filters, as a workbook."""
    place, names = scope.jurisdiction, scope.plan.value.names
    rows = printed_rows(scope, asked)
    audit.record("cadres.list.exported", place, by=by, at=place, after={"rows": len(rows), "filter": asdict(asked)})
    return list_workbook(f"{place.name}{names.responsibility_list}", place.name, scope.on, names.area, rows)


def hand_out_list(version: ResponsibilityList, *, by: Post) -> str:
    """The storage key of an approved version, for the view to send."""
    audit.record("cadres.list.downloaded", version, by=by)
    return version.stored
