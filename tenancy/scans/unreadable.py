"""Why a picture or a PDF cannot be taken, the limits that decide it, and what the first bytes say of a file.

Every refusal of this package is one code and one Chinese sentence: what, why, how to mend. No decoder is known here.
"""

from django.utils.translation import gettext_lazy as _

MIB = 2**20
FILE_BYTES = 20 * MIB
PIXELS = 50_000_000
PAGES = 50

MESSAGES = {
    "empty": _("文件是空的，没有任何内容。请确认选对了文件，重新选择后上传。"),
    "too-big": _("文件有%(size)s MB，超过%(limit)s MB的上限。请调低扫描分辨率或分成几个文件，再重新上传。"),
    "heic": _(
        "这是苹果手机的HEIC格式照片，多数电脑打不开。请在手机“设置—相机—格式”中选“兼容性最佳”后重拍，"
        "或把照片另存为JPEG再上传。"
    ),
    "active-picture": _(
        "文件名像图片，内容却是网页或矢量图，可能夹带程序，不予接收。请上传拍照或扫描得到的JPEG、PNG图片。"
    ),
    "unsupported": _("文件内容是%(actual)s，系统只收JPEG、PNG、WebP图片%(also)s。请重新拍照或扫描后上传。"),
    "wrong-type": _("文件声称是%(claimed)s，内容却是%(actual)s，不能按名字读取。请用正确的格式另存后重新上传。"),
    "too-many-pixels": _(
        "图片有%(width)s×%(height)s像素，超过5000万像素的上限，打开它会占满内存。请调低分辨率后重新拍照或扫描。"
    ),
    "animated": _("这是有多帧的动图，看不出以哪一帧为准。请上传单张静态图片。"),
    "damaged": _("图片不完整或已损坏，常见原因是传送中断。请找到原图重新上传，或重新拍照。"),
    "pdf-damaged": _("PDF文件不完整或已损坏，无法打开。请重新扫描，或用阅读软件另存为新的PDF后上传。"),
    "pdf-encrypted": _("PDF文件设有密码或使用限制，系统读不了。请取消密码和限制，另存后重新上传。"),
    "pdf-active": _("PDF文件里有%(what)s，可能在打开时运行程序，不予接收。请把纸质件重新扫描成PDF，或拍照上传。"),
    "pdf-pages": _("PDF文件有%(pages)s页，超过%(limit)s页的上限。请只保留这一份材料的页，分开后重新上传。"),
    "pdf-empty": _("PDF文件里没有一页内容。请重新扫描后上传。"),
    "too-complex": _("文件内容过于复杂，在限定的时间和内存内打不开。请调低分辨率重新扫描，或拍照上传。"),
}

KINDS = {
    "jpeg": _("JPEG图片"),
    "png": _("PNG图片"),
    "webp": _("WebP图片"),
    "pdf": _("PDF文件"),
    "heic": _("HEIC图片"),
    "markup": _("网页或矢量图"),
    "gif": _("GIF图片"),
    "bmp": _("BMP图片"),
    "tiff": _("TIFF图片"),
    "icon": _("图标文件"),
    "postscript": _("EPS文件"),
    "archive": _("压缩包或Office文档"),
    "other": _("其他格式的文件"),
    "javascript": _("脚本"),
    "action": _("自动执行的动作"),
    "launch": _("启动外部程序的动作"),
    "attachment": _("夹带的附件"),
    "media": _("多媒体内容"),
    "form": _("可提交的动态表单"),
}
# First bytes, longest promise first.
MAGIC = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"%PDF-": "pdf",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"\0\0\1\0": "icon",
    b"%!PS": "postscript",
    b"\xc5\xd0\xd3\xc6": "postscript",
    b"PK\3\4": "archive",
    b"\xd0\xcf\x11\xe0": "archive",
}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
CLAIMS = {
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/svg+xml": "markup",
    "text/html": "markup",
    "application/pdf": "pdf",
}


class UnreadablePicture(Exception):
    """A picture or scan that is not taken: `code` for programs, `message` for the person who uploaded it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code if code in MESSAGES else "damaged"
        self.facts = {"also": "", **facts}
        super().__init__(self.code)

    @property
    def message(self) -> str:
        facts = {name: KINDS.get(str(value), value) for name, value in self.facts.items()}
        return str(MESSAGES[self.code]) % facts

    def __str__(self) -> str:
        return self.message


def kind_of(data: bytes) -> str:
    """What the content is, whatever its name says; a key of KINDS."""
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "heic"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if head.startswith(b"<"):
        return "markup"
    return "pdf" if b"%PDF-" in data[:1024] else "other"


def refuse_size(data: bytes) -> None:
    """Nothing at all, or too much."""
    if not data:
        raise UnreadablePicture("empty")
    if len(data) > FILE_BYTES:
        raise UnreadablePicture("too-big", size=round(len(data) / MIB, 1), limit=FILE_BYTES // MIB)
