"""Opens one scan in a process of its own: file bytes on stdin, page pictures and codes as msgpack on stdout.

Run as a script and isolated, so it imports nothing of the project. PDFs are first walked for anything that acts, then
drawn page by page; what leaves this process is pixels and short texts.
"""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

import msgpack
import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

# What a scanner never writes. /OpenAction is judged by what it does: many programs write a plain first view.
ACTIVE_KEYS = {
    "/AA": "action",
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/EmbeddedFiles": "attachment",
    "/EF": "attachment",
    "/RichMedia": "media",
    "/XFA": "form",
    "/SubmitForm": "form",
}
ACTIVE_NAMES = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/EmbeddedFile": "attachment",
    "/FileAttachment": "attachment",
    "/RichMedia": "media",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/GoToE": "attachment",
    "/GoToR": "launch",
    "/SubmitForm": "form",
    "/ImportData": "form",
}
NAMED_BY = ("/S", "/Type", "/Subtype")
OBJECTS = 400_000
DEPTH = 60
CODES = 8
QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class Refused(Exception):
    """A code of the parent's messages, with its facts."""


def limit(limits: dict[str, int]) -> None:
    """From here on no memory, time, file or output beyond these, and no socket."""
    wanted = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["result_bytes"],
        resource.RLIMIT_NOFILE: 3,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue


def refuse_active(pdf: pikepdf.Pdf) -> None:
    """Looks into every object and into every dictionary written inside another one."""
    left = OBJECTS
    for value in [pdf.trailer, *pdf.objects]:
        for inner in inside(value, 0):
            left -= 1
            if left < 0:
                raise Refused("too-complex", {})
            if what := activity(inner):
                raise Refused("pdf-active", {"what": what})


def inside(value: Any, depth: int) -> Iterator[Any]:
    """The dictionaries of an object, itself first; what is referred to comes by itself."""
    if depth > DEPTH:
        raise Refused("too-complex", {})
    if isinstance(value, pikepdf.Stream | pikepdf.Dictionary):
        if depth == 0 or not value.is_indirect:
            yield value
        parts = list(value.stream_dict.items() if isinstance(value, pikepdf.Stream) else value.items())
        children = [part for _name, part in parts]
    elif isinstance(value, pikepdf.Array):
        children = list(value)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from inside(child, depth + 1)


def activity(node: Any) -> str:
    """What this dictionary would do when opened; empty when nothing."""
    for key in node.keys():  # noqa: SIM118 -- a PDF dictionary does not iterate
        if key in ACTIVE_KEYS:
            return ACTIVE_KEYS[key]
    opening = node.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        return "action"
    named = (str(node.get(key, "")) for key in NAMED_BY)
    return next((ACTIVE_NAMES[name] for name in named if name in ACTIVE_NAMES), "")


def checked_pages(data: bytes, most: int) -> int:
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise Refused("pdf-encrypted", {}) from error
    with pdf:
        if pdf.is_encrypted:
            raise Refused("pdf-encrypted", {})
        count = len(pdf.pages)
        if count > most:
            raise Refused("pdf-pages", {"pages": count, "limit": most})
        if count == 0:
            raise Refused("pdf-empty", {})
        refuse_active(pdf)
    return count


def drawn_pages(data: bytes, longest: int) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        width, height = page.get_size()
        scale = min(longest / max(width, height, 1), 200 / 72)
        # Forms are not drawn to act; only what is on paper is wanted.
        yield page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        page.close()


def codes_in(image: Image.Image) -> list[str]:
    """The texts of QR codes on a page."""
    found = zxingcpp.read_barcodes(image, formats=QR_CODE, text_mode=zxingcpp.TextMode.Plain)
    return [code.text[:300] for code in found[:CODES] if code.text]


def packed(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def read(data: bytes, options: dict[str, Any]) -> tuple[list[bytes], list[str]]:
    longest = options["longest"]
    if options["kind"] == "pdf":
        checked_pages(data, options["pages"])
        images = drawn_pages(data, longest)
    else:
        images = iter([Image.open(io.BytesIO(data), formats=("JPEG",))])
    pages, codes = [], []
    for image in images:
        codes += codes_in(image)
        image.thumbnail((longest, longest))
        pages.append(packed(image))
    return pages, list(dict.fromkeys(codes))


def answer(data: bytes, options: dict[str, Any]) -> tuple[Any, ...]:
    try:
        return ("read", *read(data, options))
    except Refused as refused:
        return ("refused", *refused.args)
    except MemoryError:
        return ("refused", "too-complex", {})
    # Decoders raise anything on crafted bytes.
    except Exception:  # noqa: BLE001
        return ("refused", "pdf-damaged" if options["kind"] == "pdf" else "damaged", {})


def warm_up() -> None:
    """Lets the libraries open what they keep open: later no file can be opened, not even for random numbers."""
    Image.init()
    empty = pikepdf.new()
    empty.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="o", user="u"))


def main() -> None:
    warm_up()
    size = int.from_bytes(sys.stdin.buffer.read(4), "little")
    options = msgpack.unpackb(sys.stdin.buffer.read(size))
    data = sys.stdin.buffer.read()
    limit(options["limits"])
    sys.stdout.buffer.write(msgpack.packb(answer(data, options)))


if __name__ == "__main__":
    main()
