"""The register's imports on the web: the ledger's wizard."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from entities.actions.ledger import LEDGER
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
    ),
)
import_ledger = partial(imports.upload, wizard=WIZARD, kind="ledger")
ledger_template = partial(imports.template, wizard=WIZARD, kind="ledger")
show_import = partial(imports.show, wizard=WIZARD)
map_import = partial(mending.choose_columns, wizard=WIZARD)
amend_import = partial(mending.amend, wizard=WIZARD)
skip_import = partial(mending.skip, wizard=WIZARD)
commit_import = partial(imports.commit, wizard=WIZARD)
undo_import = partial(imports.undo, wizard=WIZARD)
download_import = partial(imports.download, wizard=WIZARD)
