"""The words of a choice, and how they reach the JSON schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema


@dataclass(frozen=True)
class Labels:
    """The Chinese word of each value of a choice."""

    words: Mapping[str, str]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        handler.resolve_ref_schema(schema)["labels"] = dict(self.words)
        return schema

    def __hash__(self) -> int:
        return hash(tuple(self.words.items()))


def labels_of(choice: Any) -> Mapping[str, str]:
    """Value -> word of a choice."""
    return next(part.words for part in get_args(choice) if isinstance(part, Labels))
