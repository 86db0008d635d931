"""The JSON schema of a plan file, for the browser form and for editors outside.

Every property has a title, every choice its words (`labels` beside `enum`). Under `sections` stand the headings of a
form with their keys, in order.
"""

from typing import Any

from tenancy.plans.document import SECTIONS, PlanDocument
from tenancy.plans.reading import PlanFile


def plan_schema() -> dict[str, Any]:
    """A plan file: header, values, clauses. Any key of values may also be null, which clears what is inherited."""
    schema = PlanFile.model_json_schema()
    values = PlanDocument.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$defs"] |= values.pop("$defs")
    schema["$defs"]["PlanDocument"] = values
    title = schema["properties"]["values"]["title"]
    schema["properties"]["values"] = {"$ref": "#/$defs/PlanDocument", "title": title}
    for part in (schema, *schema["$defs"].values()):
        # Names and docstrings of classes are for programmers.
        part.pop("description", None)
        part.pop("title", None)
    schema["sections"] = [{"title": title, "keys": list(section.model_fields)} for title, section in SECTIONS]
    return schema
