"""The register's imports on the web: the wizard of ledgers and outside lists."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE
from entities.tasks import nudge_ledger
from tenancy.rules.roles import Right
from tenancy.views import imports, mending

WIZARD = imports.Wizard(
    namespace="entities",
    right=Right.IMPORT_REGISTER,
    nudge=nudge_ledger,
    entrances=(
        imports.Entrance(
            LEDGER,
            _("导入包保主体台账"),
            "entities:import-ledger",
            "entities:list-entities",
            _("查看台账"),
            "entities:ledger-template",
        ),
        imports.Entrance(
            OUTSIDE,
            _("外部名单"),
            "entities:upload-outside",
            "entities:list-outside",
            _("查看比对结果"),
            "entities:outside-template",
            right=Right.APPROVE_LIST,
        ),
    ),
)
import_ledger = partial(imports.upload, wizard=WIZARD, kind="ledger")
ledger_template = partial(imports.template, wizard=WIZARD, kind="ledger")
outside_template = partial(imports.template, wizard=WIZARD, kind="reconcile")
show_import = partial(imports.show, wizard=WIZARD)
map_import = partial(mending.choose_columns, wizard=WIZARD)
amend_import = partial(mending.amend, wizard=WIZARD)
skip_import = partial(mending.skip, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)
