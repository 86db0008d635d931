"""What a person can read in an answer: pages, JSON, cells of a workbook, the text of a PDF, file names."""

import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import pypdfium2
from python_calamine import CalamineWorkbook

from tests.cast import shown
from tests.walls.world import Town, World


def content_of(response: Any) -> bytes:
    """The bytes, read after the request has ended where the answer is streamed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def answered(response: Any) -> tuple[int, str]:
    """What a person is told, without what differs between any two answers; of a file, what can be read in it."""
    if response.streaming or not response.get("Content-Type", "").startswith(("text/", "application/json")):
        return response.status_code, readable(content_of(response))
    return shown(response)


def text_of(response: Any, *, headers: bool = True) -> str:
    data = content_of(response)
    shown = unquote(" ".join(f"{name}: {value}" for name, value in response.items())) if headers else ""
    return f"{shown}\n{readable(data)}"


def readable(data: bytes) -> str:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            whole = "\n".join(packed.read(name).decode(errors="replace") for name in sorted(packed.namelist()))
        # A workbook bears the time it was written at.
        return re.sub(r"<dcterms:(created|modified)[^/]*/dcterms:\1>", "", whole)
    if data.startswith(b"%PDF"):
        return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    text = data.decode(errors="replace")
    return re.sub(r'(name="csrf-token" content|name="csrfmiddlewaretoken" value)="[^"]*"', r"\1", text)


def canaries_in(text: str, world: World, *, but: Town) -> list[str]:
    """The words of the other streets that stand in a text."""
    others = [town for town in world.towns.values() if town is not but]
    words = [(town.canary, town.name) for town in others]
    words += [(world.cast.posts[town.people["office"]].person_name, town.name) for town in others]
    return [f"“{word}” of {name}" for word, name in words if word in text]


def cells_of(data: bytes) -> list[list[Any]]:
    """The first sheet, row by row."""
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
