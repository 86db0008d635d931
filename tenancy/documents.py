"""Drawing printed papers as PDF. Bytes out; which paper it is, is the business of the app that prints it.

Nothing is fetched while a page is laid out: only data inside the page and the fonts found here.
"""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

SHEETS = Path(__file__).resolve().parent.parent / "static/documents"
# Face -> file names without suffix, an office's licensed font before the free stand-in.
FACES = {
    "gb-fang": ("仿宋_GB2312", "FangSong_GB2312", "simfang", "FandolFang-Regular"),
    "gb-kai": ("楷体_GB2312", "KaiTi_GB2312", "simkai", "FandolKai-Regular"),
    "gb-hei": ("黑体", "SimHei", "simhei", "FandolHei-Regular"),
    "gb-song": ("宋体", "simsun", "FandolSong-Regular"),
    "gb-title": ("方正小标宋简体", "FZXBSJW", "方正小标宋_GBK"),
}
SUFFIXES = (".ttf", ".otf", ".TTF", ".OTF")
# Pango's font map is shared by the process.
DRAWING = Lock()


class OwnFonts(URLFetcher):
    """Gives out the fonts named above and data inside the page; every other address is refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",))

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        face = url.removeprefix("font:")
        if face in FACES and (file := font_file(face)):
            return URLFetcherResponse(url, body=file.read_bytes(), headers={"Content-Type": "font/sfnt"})
        return super().fetch(url, headers)


def font_file(face: str) -> Path | None:
    """The file of a face: the office's own in media/fonts first, then the free ones of the installation."""
    folders = (Path(settings.MEDIA_ROOT) / "fonts", settings.VAR / "fonts")
    found = (folder / f"{stem}{suffix}" for folder in folders for stem in FACES[face] for suffix in SUFFIXES)
    return next((file for file in found if file.is_file()), None)


@lru_cache(maxsize=8)
def _sheet(name: str) -> tuple[CSS, FontConfiguration]:
    """A style sheet and one font configuration for the life of the process; a new one each time grows without end."""
    fonts = FontConfiguration()
    faces = "".join(f"@font-face{{font-family:{face};src:url(font:{face})}}" for face in FACES if font_file(face))
    text = (SHEETS / f"{name}.css").read_text("utf-8")
    return CSS(string=faces + text, font_config=fonts, url_fetcher=OwnFonts()), fonts


def drawn(html: str, sheet: str = "gb9704") -> bytes:
    """A page of HTML as PDF, in the look of a style sheet of static/documents."""
    with DRAWING:
        css, fonts = _sheet(sheet)
        page = HTML(string=html, url_fetcher=OwnFonts(), base_url="data:")
        return bytes(page.write_pdf(stylesheets=[css], font_config=fonts))
