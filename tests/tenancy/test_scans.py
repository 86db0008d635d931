"""Pictures and PDF scans: what is taken comes out clean and upright, what is not says why and how to mend."""

import hashlib
import io
import struct
import zlib
from datetime import datetime
from zoneinfo import ZoneInfo

import pikepdf
import pytest
import segno
from PIL import ExifTags, Image, ImageFile

from tenancy.scans import Picture, UnreadablePicture, clean_filename, read_picture, read_scan

SHANGHAI = ZoneInfo("Asia/Shanghai")


def drawn(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, size, "white" if mode != "CMYK" else (0, 0, 0, 0))
    image.paste("red" if mode != "CMYK" else (0, 255, 255, 0), (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = orientation
    block.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:05 09:41:07"
    block.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (31.0, 8.0, 30.0), 3: "E", 4: (121.0, 23.0, 15.0)})
    return block


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose head promises that many pixels; nothing behind it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def pdf_of(pages: int = 1, *, change: object = None, **options: object) -> bytes:
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    if callable(change):
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def code_and_sentence(data: bytes, **options: str) -> tuple[str, str]:
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(data, **options)
    return caught.value.code, caught.value.message


def scan_code(data: bytes) -> str:
    with pytest.raises(UnreadablePicture) as caught:
        read_scan(data, "x.pdf")
    assert caught.value.message.endswith("。")
    return caught.value.code


def bytes_named(name: str) -> bytes:
    frames = [Image.new("P", (8, 8), shade) for shade in range(400)]
    animated = io.BytesIO()
    frames[0].save(animated, "GIF", save_all=True, append_images=frames[1:])
    moving = io.BytesIO()
    frames[0].convert("RGB").save(moving, "WEBP", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")])
    return {
        "empty": b"",
        "truncated": drawn(size=(400, 300))[:-400],
        "144 megapixels": png_claiming(12_000, 12_000),
        "900 megapixels": png_claiming(30_000, 30_000),
        "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        "html": b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>",
        "gif": animated.getvalue(),
        "moving webp": moving.getvalue(),
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "bmp": drawn("BMP"),
        "tiff": drawn("TIFF"),
        "ico": drawn("ICO"),
        "php": b"GIF89a<?php system($_GET[0]); ?>",
        "office": b"PK\3\4" + b"\0" * 40,
        "words": "只是文字".encode(),
        "too big": b"\xff\xd8\xff" + b"\0" * (20 * 2**20),
    }[name]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty", "empty"),
        ("truncated", "damaged"),
        ("144 megapixels", "too-many-pixels"),
        ("900 megapixels", "too-many-pixels"),
        ("svg", "active-picture"),
        ("html", "active-picture"),
        ("gif", "unsupported"),
        ("moving webp", "animated"),
        ("heic", "heic"),
        ("eps", "unsupported"),
        ("bmp", "unsupported"),
        ("tiff", "unsupported"),
        ("ico", "unsupported"),
        ("php", "unsupported"),
        ("office", "unsupported"),
        ("words", "unsupported"),
        ("too big", "too-big"),
    ],
)
def test_what_is_no_honest_picture_is_refused_in_a_sentence(name: str, code: str) -> None:
    found, sentence = code_and_sentence(bytes_named(name), claimed="image/jpeg")
    assert found == code
    assert sentence.endswith("。")
    assert "%(" not in sentence


def test_a_pdf_claiming_nothing_else_than_a_picture_is_named_what_it_is() -> None:
    assert code_and_sentence(pdf_of(), claimed="image/png") == (
        "unsupported",
        "文件内容是PDF文件，系统只收JPEG、PNG、WebP图片。请重新拍照或扫描后上传。",
    )
    assert code_and_sentence(drawn(), claimed="application/pdf")[0] == "wrong-type"


def test_a_library_that_tolerates_lost_ends_does_not_soften_this(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert code_and_sentence(bytes_named("truncated"))[0] == "damaged"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_plain_picture_is_drawn_again_as_jpeg_under_the_hash_of_what_came(kind: str) -> None:
    data = drawn(kind)
    picture = read_picture(data, claimed="image/jpeg")
    assert picture == Picture(picture.jpeg, hashlib.sha256(data).hexdigest(), 64, 48, None, None, None)
    assert picture.jpeg[:3] == b"\xff\xd8\xff"


def test_the_same_bytes_give_the_same_hash_and_the_same_picture() -> None:
    data = drawn()
    assert read_picture(data) == read_picture(data)


def test_markup_behind_a_jpeg_does_not_survive() -> None:
    picture = read_picture(drawn() + b"<script>alert(1)</script>")
    assert b"script" not in picture.jpeg


def test_a_turned_picture_comes_out_upright_with_its_facts_beside_it_and_none_inside() -> None:
    picture = read_picture(drawn(exif=exif(orientation=6)))
    assert (picture.width, picture.height) == (48, 64)
    assert picture.taken_at == datetime(2026, 3, 5, 9, 41, 7, tzinfo=SHANGHAI)
    assert (picture.latitude, picture.longitude) == (31.141667, 121.3875)
    again = Image.open(io.BytesIO(picture.jpeg))
    assert dict(again.getexif()) == {}
    assert again.getpixel((40, 8))[0] > 200
    assert again.getpixel((40, 8))[1] < 60


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_block_costs_its_facts_and_not_the_picture() -> None:
    picture = read_picture(drawn(exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff broken"))
    assert (picture.width, picture.taken_at, picture.latitude) == (64, None, None)


def test_impossible_coordinates_are_dropped() -> None:
    block = exif()
    block.get_ifd(ExifTags.IFD.GPSInfo)[2] = (91.0, 0.0, 0.0)
    assert read_picture(drawn(exif=block)).latitude is None


def test_a_print_colour_jpeg_becomes_rgb_and_transparency_shows_paper() -> None:
    assert Image.open(io.BytesIO(read_picture(drawn(mode="CMYK")).jpeg)).mode == "RGB"
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(io.BytesIO(read_picture(clear.getvalue()).jpeg)).getpixel((4, 4)) == (255, 255, 255)


def test_a_large_photo_is_made_smaller_and_a_preview_behind_it_does_not_matter() -> None:
    out = io.BytesIO()
    big = Image.new("RGB", (4000, 3000), "white")
    big.save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (80, 60))])
    picture = read_picture(out.getvalue())
    assert (picture.width, picture.height) == (3000, 2250)


def test_a_pdf_scan_becomes_page_pictures_for_the_reviewer() -> None:
    data = pdf_of(3)
    scan = read_scan(data, "承诺书 扫描.pdf")
    assert (scan.kind, scan.page_count, scan.sha256) == ("pdf", 3, hashlib.sha256(data).hexdigest())
    assert scan.filename == "承诺书 扫描.pdf"
    assert {max(Image.open(io.BytesIO(page)).size) for page in scan.pages} == {1600}


def test_a_photographed_page_is_a_scan_of_one_page_and_its_code_is_read() -> None:
    out = io.BytesIO()
    segno.make("baobao:letter:41", micro=False).save(out, kind="png", scale=6)
    paper = Image.new("RGB", (1800, 2400), "white")
    paper.paste(Image.open(io.BytesIO(out.getvalue())).convert("RGB").rotate(90), (1200, 1900))
    photo = io.BytesIO()
    paper.save(photo, "JPEG")
    scan = read_scan(photo.getvalue(), "IMG_1.jpg")
    assert (scan.kind, scan.page_count, scan.codes) == ("picture", 1, ("baobao:letter:41",))


def javascript(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/Names"] = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([])))


def nested_javascript(pdf: pikepdf.Pdf) -> None:
    act = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    deep = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=act)
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([deep])


def opening_launch(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/AA"] = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.NextPage))


def attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["hidden.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ")


def dynamic_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/AcroForm"] = pikepdf.Dictionary(XFA=pikepdf.Array([]), Fields=pikepdf.Array([]))


ACTS = [javascript, nested_javascript, opening_launch, page_action, attachment, dynamic_form]


@pytest.mark.parametrize("change", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("packed", [True, False])
def test_a_pdf_that_acts_is_refused_wherever_the_act_hides(change: object, packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert scan_code(pdf_of(change=change, object_stream_mode=mode)) == "pdf-active"


def test_a_plain_first_view_as_office_programs_write_it_is_no_act() -> None:
    def first_view(pdf: pikepdf.Pdf) -> None:
        pdf.Root["/OpenAction"] = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.XYZ, 0, 842, 0])

    assert read_scan(pdf_of(change=first_view), "x.pdf").page_count == 1


def test_locked_long_broken_and_empty_pdfs_each_have_their_own_sentence() -> None:
    assert scan_code(pdf_of(encryption=pikepdf.Encryption(owner="o", user="u"))) == "pdf-encrypted"
    assert scan_code(pdf_of(encryption=pikepdf.Encryption(owner="o", user=""))) == "pdf-encrypted"
    assert scan_code(pdf_of(5000)) == "pdf-pages"
    assert scan_code(pdf_of(0)) == "pdf-empty"
    assert scan_code(b"%PDF-1.7\nnothing behind it") == "pdf-damaged"
    assert scan_code(b"") == "empty"


def test_a_pdf_that_would_fill_the_memory_ends_alone() -> None:
    def bomb(pdf: pikepdf.Pdf) -> None:
        side = pikepdf.Dictionary(Width=60_000, Height=60_000, BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode)
        image = pikepdf.Stream(pdf, zlib.compress(b"\0" * 2_000_000, 9), side)
        image["/Subtype"], image["/ColorSpace"] = pikepdf.Name.Image, pikepdf.Name.DeviceRGB
        pdf.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        pdf.pages[0].obj["/Contents"] = pikepdf.Stream(pdf, b"500 0 0 500 0 0 cm /I Do")

    # The renderer leaves out what it cannot hold; this process never sees the pixels.
    assert read_scan(pdf_of(change=bomb), "x.pdf").page_count == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\扫描\\承诺书.pdf", "承诺书.pdf"),
        ("承诺\u202efdp.exe", "承诺fdp.exe"),
        ("一行\n两行.jpg", "一行两行.jpg"),
        ("李㛃𬭊.jpg", "李㛃𬭊.jpg"),
        ("", "scan"),
        ("..", "scan"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_kept_as_words_only(given: str, kept: str) -> None:
    assert clean_filename(given) == kept
