"""One incoming picture: checked before it is decoded, set upright, drawn again without anything hidden in it.

Time and position are read into values beside the picture; they are what the device said, never proof by themselves.
"""

import hashlib
import io
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from PIL import ExifTags, Image, ImageFile

from tenancy.scans.unreadable import CLAIMS, PIXELS, UnreadablePicture, kind_of, refuse_size

PICTURES = frozenset({"jpeg", "png", "webp"})
LONGEST = 3000
QUALITY = 85
SMALL_QUALITY = 70
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be kept and shown; sha256 is that of the bytes as they came."""

    jpeg: bytes
    sha256: str
    width: int
    height: int
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def read_picture(data: bytes, *, claimed: str = "") -> Picture:
    """The picture in an upload. Raises UnreadablePicture; claimed is the content type the sender gave, if any."""
    refuse_size(data)
    _refuse_kind(kind_of(data), CLAIMS.get(claimed.partition(";")[0].strip().lower(), ""))
    image = _opened(data)
    exif = _exif_of(image)
    drawn = _drawn(image, exif.get(ExifTags.Base.Orientation))
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    latitude, longitude = _position(exif)
    return Picture(
        jpeg=out.getvalue(),
        sha256=hashlib.sha256(data).hexdigest(),
        width=drawn.width,
        height=drawn.height,
        taken_at=_taken_at(exif),
        latitude=latitude,
        longitude=longitude,
    )


def small_picture(jpeg: bytes, longest: int) -> bytes:
    """A picture of ours again, small enough to be shown beside words."""
    image = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    image.draft("RGB", (longest, longest))
    image.thumbnail((longest, longest))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return out.getvalue()


def _refuse_kind(kind: str, claimed: str) -> None:
    """One picture format under the name of another is taken, because phones and messengers rename them so."""
    if kind == "heic":
        raise UnreadablePicture("heic")
    if kind == "markup":
        raise UnreadablePicture("active-picture")
    if kind not in PICTURES:
        raise UnreadablePicture("unsupported", actual=kind)
    if claimed and claimed not in PICTURES:
        raise UnreadablePicture("wrong-type", claimed=claimed, actual=kind)


def _opened(data: bytes) -> Image.Image:
    """The picture with only its head read; its size is judged before a pixel is decoded."""
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture("too-many-pixels", width="?", height="?") from error
    # Decoders raise anything on crafted bytes.
    except Exception as error:
        raise UnreadablePicture("damaged") from error
    if image.width * image.height > PIXELS:
        raise UnreadablePicture("too-many-pixels", width=image.width, height=image.height)
    # Phones put a preview or a depth map behind a JPEG; the first picture is the photo.
    if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        raise UnreadablePicture("animated")
    return image


def _drawn(image: Image.Image, orientation: Any) -> Image.Image:
    # Other libraries of this process switch this on for everybody; a photo that lost its end is no evidence.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image.draft("RGB", (LONGEST, LONGEST))
        image.load()
        plain = _on_white(image)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadablePicture("damaged") from error
    plain.thumbnail((LONGEST, LONGEST))
    turn = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return plain.transpose(turn) if turn is not None else plain


def _on_white(image: Image.Image) -> Image.Image:
    """Colours as a printer sees them: transparency shows paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    layer = image.convert("RGBA")
    paper.paste(layer, mask=layer)
    return paper


def _exif_of(image: Image.Image) -> Image.Exif:
    # A broken block costs the facts in it, not the picture.
    with suppress(Exception):
        return image.getexif()
    return Image.Exif()


def _taken_at(exif: Image.Exif) -> datetime | None:
    """When the device says the picture was taken; without a zone it is this country's time."""
    with suppress(Exception):
        details = exif.get_ifd(ExifTags.IFD.Exif)
        text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        offset = details.get(ExifTags.Base.OffsetTimeOriginal, "")
        if offset:
            return datetime.strptime(f"{text}{offset}", "%Y:%m:%d %H:%M:%S%z")
        plain = datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- the zone follows
        return plain.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    return None


def _position(exif: Image.Exif) -> tuple[float | None, float | None]:
    with suppress(Exception):
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None, None


def _degrees(parts: Any, below_zero: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("not a position")
    return round(-value if below_zero else value, 6)
