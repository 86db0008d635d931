"""An import over the API from the upload to the undo, with the wizard's policy and sentences."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from entities.actions.ledger import LEDGER
from entities.models import Entity
from tenancy.actions.imports import work_off
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import ON, TITLES, csv_of, shop

API = "/api/entities/imports/"


def sent(client: Client, data: bytes, kind: str = "ledger"):
    return client.post(API, {"kind": kind, "file": SimpleUploadedFile("台账.csv", data)})


def told(client: Client, address: str, **body):
    return client.post(address, body, content_type="application/json")


def work(cast: Cast) -> None:
    with acting_in(cast.li.place):
        work_off(LEDGER, on=ON, at=timezone.now())


def test_an_import_goes_its_whole_way(cast: Cast) -> None:
    client = cast.client("li")
    made = sent(client, csv_of([shop(1), shop(2, business_type="餐饮服物"), shop(3, name="")]))
    at = f"{API}{made.json()['id']}/"
    assert (made.status_code, made.json()["state"]) == (201, "uploaded")
    work(cast)
    assert client.get(at).json()["counts"]["refused"] == 2
    amended = told(client, f"{at}amend/", column="business_type", old="餐饮服物", new="餐饮服务", remember=True)
    assert (amended.json()["changed"], amended.json()["counts"]["refused"]) == (1, 1)
    assert told(client, f"{at}commit/").json() == {
        "code": "import-not-clean", "detail": "还有1行有错误。请先改正，或选择“只写入无误的行”。",
    }  # fmt: skip
    assert told(client, f"{at}skip/", number=4).json()["counts"]["skipped"] == 1
    assert told(client, f"{at}commit/").json()["state"] == "committing"
    work(cast)
    done = client.get(at).json()
    assert (done["state"], done["counts"]["written"], done["undo_until"][:10] > done["committed_at"][:10]) == (
        "committed", 2, True,
    )  # fmt: skip
    again = sent(client, csv_of([shop(1), shop(2, business_type="餐饮服物"), shop(3, name="")]))
    assert (again.status_code, again.json()["id"]) == (200, done["id"])
    assert told(client, f"{at}undo/").json()["state"] == "undone"
    with acting_in(cast.li.place):
        assert Entity.objects.count() == 0
    assert client.get("/api/imports/words/").json()["words"][0]["said"] == "餐饮服物"


def test_columns_are_shown_and_pointed_out(cast: Cast) -> None:
    client = cast.client("li")
    at = f"{API}{sent(client, csv_of([shop(1)], [*TITLES[:8], '场地', *TITLES[9:]])).json()['id']}/"
    work(cast)
    shown = client.get(f"{at}columns/").json()
    assert shown["columns"][8] == {"at": 8, "letter": "I", "title": "场地", "key": "address", "is_guess": True}
    assert shown["rows"][1]["cells"][10] == "199****01"
    meanings = {str(column["at"]): column["key"] for column in shown["columns"]}
    open_one = told(
        client, f"{at}columns/", sheet="", header_row=1, columns={k: v for k, v in meanings.items() if k != "8"}
    )
    assert (open_one.status_code, open_one.json()["detail"]) == (
        409, "还有列没有指明：“场地”。请选择对应的项目，或选“不导入”。",
    )  # fmt: skip
    twice = told(client, f"{at}columns/", sheet="", header_row=1, columns=meanings | {"8": "name"})
    assert twice.json()["detail"] == "“主体名称”只能对应一列，请检查各列的选择。"
    missing = told(client, f"{at}columns/", sheet="", header_row=1, columns=meanings | {"0": "-"})
    assert missing.json()["detail"] == "缺少必需的列：主体名称。请指明是哪一列。"
    elsewhere = told(client, f"{at}columns/", sheet="别的", header_row=1, columns=meanings)
    assert elsewhere.json()["code"] == "no-such-header"
    assert told(client, f"{at}columns/", sheet="", header_row=1, columns=meanings).json()["state"] == "uploaded"
    work(cast)
    assert client.get(at).json()["counts"]["new"] == 1
    assert client.get(f"{at}rows/?tab=new").json()["results"][0]["cells"]["phone"] == "••••"


def test_what_is_no_import_is_refused_with_its_field(cast: Cast) -> None:
    client = cast.client("li")
    assert client.post(API, [1], content_type="application/json").status_code == 400
    assert sent(client, csv_of([shop(1)]), "roster").json() == {
        "kind": ["没有这一类导入，可填：ledger、penalties、checks、staff。"]
    }
    assert sent(client, b"").json()["file"] != []
    made = sent(client, csv_of([shop(1)])).json()["id"]
    work(cast)
    assert told(client, f"{API}{made}/amend/", column="grade", new="A").status_code == 400
    assert told(client, f"{API}{made}/columns/", sheet="", header_row=1, columns={"x": "name"}).status_code == 400


def test_strangers_and_readers_get_their_answers(cast: Cast) -> None:
    made = sent(cast.client("li"), csv_of([shop(1)])).json()["id"]
    for stranger in ("zhao", "sun"):
        for tail in ("", "problems/", "rows/", "columns/", "file/"):
            assert cast.client(stranger).get(f"{API}{made}/{tail}").status_code == 404
    refused = sent(cast.client("leng"), csv_of([shop(1)]))
    assert (refused.status_code, refused.json()["detail"][:25]) == (
        403,
        "“领导（只读）”岗位没有“导入主体台账”权限；如工作"[:25],
    )
