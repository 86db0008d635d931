"""`manage.py states`: draws docs/states.md from the transition tables. `--check` only says whether it is up to date."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from supervision.rules.issues import (
    ACTORS,
    HOLDER_LABELS,
    HOLDERS,
    NEXT,
    NOTIFY_TEXTS,
    STATE_LABELS,
    VERB_LABELS,
    Route,
    State,
    first_step,
)

BEGINNINGS = [(route, rule) for route in Route for rule in NOTIFY_TEXTS]
TARGET = Path(settings.BASE_DIR) / "docs" / "states.md"


def issue_diagram() -> str:
    """The life of an issue as Mermaid."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value} : {STATE_LABELS[state]}（{HOLDER_LABELS[HOLDERS[state]]}）" for state in State]
    lines += [f"    [*] --> {state.value}" for state in dict.fromkeys(first_step(*each).state for each in BEGINNINGS)]
    for state, acts in NEXT.items():
        lines += [
            f"    {state.value} --> {after.value} : {VERB_LABELS[verb]}（{HOLDER_LABELS[ACTORS[verb]]}）"
            for verb, after in acts.items()
        ]
    return "\n".join(lines)


def page() -> str:
    """The whole of docs/states.md."""
    return (
        "# States\n\nDrawn by `make states` from the transition tables; edit those, never this page.\n\n"
        "## 问题 (`supervision/rules/issues.py`)\n\n"
        f"In brackets: whose turn it is in a state, whose act leads on.\n\n```mermaid\n{issue_diagram()}\n```\n"
    )


class Command(BaseCommand):
    help = "Draws docs/states.md from the transition tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare, exit 1 when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = page()
        if options["check"]:
            if not TARGET.exists() or TARGET.read_text() != drawn:
                raise CommandError("docs/states.md is stale; run make states")
            return
        TARGET.write_text(drawn)
        self.stdout.write(f"{TARGET.relative_to(settings.BASE_DIR)}")
