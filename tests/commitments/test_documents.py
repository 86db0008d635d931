"""The letter as PDF: whose words it carries, that rare names are drawn, that nothing is fetched, that it prints in blocks."""

import io
import re

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from commitments import actions
from commitments.documents import print_files
from commitments.queries import token_of
from tenancy.documents import OwnFonts, drawn


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    texts = []
    for page in document:
        words = page.get_textpage()
        texts.append(words.get_text_range().replace("\r\n", ""))
        words.close()
        page.close()
    document.close()
    return texts


def glyphs(data: bytes) -> set[tuple[str, str]]:
    """Font and number of every glyph drawn."""
    found = set()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            fonts = {name: str(font.BaseFont).rpartition("+")[2] for name, font in page.Resources.Font.items()}
            font = ""
            for name, text in re.findall(rb"(/\w+) [\d.]+ Tf|<([0-9a-fA-F]+)>", page.Contents.read_bytes()):
                font = fonts[name.decode()] if name else font
                found |= {(font, text[at : at + 4].decode()) for at in range(0, len(text), 4)}
    return found


def missing_glyphs(data: bytes) -> set[tuple[str, str]]:
    """The empty box: glyph 0 of any font, or what is drawn for a character that no font holds."""
    box = glyphs(drawn("<html><body><p>\U0010fff0</p></body></html>")) - glyphs(
        drawn("<html><body><p></p></body></html>")
    )
    assert len(box) == 1
    return {each for each in glyphs(data) if each in box or each[1] == "0000"}


@pytest.fixture
def letter(desk):
    desk.issue()
    return desk.letter


@pytest.mark.parametrize("name", ["李㛃", "𬭊文军"])
def test_rare_names_come_out_as_written_and_no_box_stands_for_them(letter, name):
    data = actions.build_letter(letter(name))
    text = "".join(pages_of(data))
    assert text.count(name) >= 2
    assert missing_glyphs(data) == set()


def test_ten_probe_characters_are_all_drawn(db):
    probes = "㛃𬭊𫖯䶮㙍𬱖𫍽𠅤𬘓㭎"
    data = drawn(f"<html><body><p>{probes}</p></body></html>")
    assert pages_of(data)[0].startswith(probes)
    assert missing_glyphs(data) == set()
    assert len(missing_glyphs(drawn("<html><body><p>\ue123</p></body></html>"))) == 1


@pytest.mark.req("GM-48")
def test_the_letter_has_two_pages_the_official_title_and_the_plans_own_words(letter):
    data = actions.build_letter(letter("李㛃"))
    pages = pages_of(data)
    assert len(pages) == 2
    text = "".join(pages)
    for words in (
        "甲街道承诺书〔2026〕4号",
        "食品安全责任与任务承诺书",
        "甲街道食品药品安全委员会：",
        "对每家包保主体每季度至少督导1次",
        "学校、幼儿园食堂等餐饮单位，一律到现场督导",
        "变动后5个工作日内",
        "接受街道纪工委督查组督查",
        "签订依据：闵古办〔2022〕40号 三（四）4。",
    ):
        assert words in text
    assert "报街道食药安办审核存档" in text


@pytest.mark.req("GM-30", "GM-31")
def test_the_delegates_line_stands_only_where_the_plan_allows_one(letter):
    with_one = "".join(pages_of(actions.build_letter(letter("李㛃"))))
    without = "".join(pages_of(actions.build_letter(letter("𬭊文军"))))
    assert "主要负责人或其委托人（签字）：" in with_one
    assert "居民区书记、主任（签字）：" in without
    assert "委托人" not in without


def test_signature_lines_are_empty_and_the_code_names_the_letter(letter):
    found = letter("李㛃")
    data = actions.build_letter(found)
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    image = page.render(scale=2).to_pil()
    codes = [code.text for code in zxingcpp.read_barcodes(image)]
    page.close()
    document.close()
    assert codes == [token_of(found)]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "食品安全责任与任务承诺书 李㛃 〔2026〕4号"
        assert str(pdf.Root.Lang) == "zh-Hans"


def test_nothing_outside_the_page_is_fetched(tmp_path, caplog):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    for address in (f"file://{secret}", "http://127.0.0.1:9/x.png", "font:gb-fang/../../etc/passwd", "ftp://x/y"):
        with pytest.raises(ValueError, match="disallowed"):
            OwnFonts().fetch(address)
    html = f'<html><body><img src="file://{secret}"><link rel="attachment" href="file://{secret}">字</body></html>'
    with pikepdf.open(io.BytesIO(drawn(html))) as pdf:
        assert (len(pdf.attachments), len(pdf.pages)) == (0, 1)


def test_names_are_words_and_never_markup(desk):
    desk.issue()
    letter = desk.letter("韦委员")
    letter.signer_name = "<img src='file:///etc/passwd'>"
    letter.save()
    assert "<img src='file:///etc/passwd'>" in "".join(pages_of(actions.build_letter(letter)))


def test_print_files_hold_a_hundred_pages_and_every_letter_starts_on_a_front_side():
    one = drawn("<html><body><p>一</p></body></html>")
    files = list(print_files([one] * 51))
    assert [len(pikepdf.open(io.BytesIO(data)).pages) for data in files] == [100, 2]
