"""The pages and endpoints of the lines beside an entity."""

import pytest

from entities.actions.register import version_of
from entities.models import Contact, Entity
from tenancy.models import AuditEvent
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_records import VALUES, put
from tests.entities.test_register_acts import added


def typed(entity: Entity, kind: str, name: str = "seen", **changes) -> dict:
    values = {key: str(value) for key, value in VALUES[kind].items() if value is not None}
    return values | {name: version_of(entity)} | changes


@pytest.mark.parametrize("kind", VALUES)
def test_a_line_is_typed_shown_changed_deleted_and_put_back(cast: Cast, kind: str) -> None:
    entity, client = added(cast), cast.client("li")
    home, form = f"/entities/{entity.pk}/", typed(entity, kind)
    assert client.post(f"{home}records/{kind}/new/", form).url == f"{home}#{kind}"
    page = client.get(home)
    (line,) = (line for group in page.context["shown"].records for line in group.lines)
    address = f"/entities/records/{kind}/{line.record.pk}/"
    assert address in page.content.decode() and line.title in page.content.decode()
    opened = client.get(address).context["form"]
    assert {name: str(opened[name].value()) for name in VALUES[kind] if name != "phone"} == {
        name: str(value) for name, value in VALUES[kind].items() if name != "phone"
    }
    gone = client.post(f"{address}strike/", {"seen": opened["seen"].value()}, follow=True)
    assert f"{address}restore/" in gone.content.decode() and client.get(address).status_code == 404
    assert client.post(f"{address}restore/").status_code == 302
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("kind", "changes", "field", "sentence"),
    [
        ("licence", {"valid_until": "2020-01-01"}, "valid_until", "“有效期至”早于“有效期自”，请核对两个日期。"),
        ("licence", {"number": ""}, "number", ""),
        ("contact", {"phone": "无"}, "phone", "“无”不是电话号码；请只填一个号码"),
        ("contact", {"until": "昨天"}, "until", "日期请写成 2026-10-09 这样。"),
        ("flag", {"document": ""}, "document", ""),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_by_page_and_endpoint(cast, kind, changes, field, sentence) -> None:
    entity, client = added(cast), cast.client("li")
    page = client.post(f"/entities/{entity.pk}/records/{kind}/new/", typed(entity, kind, **changes))
    body = typed(entity, kind, "version", **changes)
    answer = client.post(f"/api/entities/{entity.pk}/records/{kind}/", body, content_type="application/json")
    errors = page.context["form"].errors
    assert (page.status_code, answer.status_code, list(errors)) == (422, 422, [field])
    assert answer.json()["fields"] == {field: errors[field]}
    assert not sentence or errors[field] == [sentence]


def test_a_doubtful_number_is_saved_and_said_by_page_and_endpoint(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    form = typed(entity, "licence", number="ｊｙ2310112912 6458")
    page = client.post(f"/entities/{entity.pk}/records/licence/new/", form, follow=True)
    answer = client.get(f"/api/entities/{entity.pk}/records/").json()
    assert [line["number"] for line in answer["licence"]] == ["JY23101129126458"]
    (doubt,) = answer["licence"][0]["warnings"]
    assert page.content.decode().count(doubt) == 2


def test_a_telephone_is_masked_everywhere_and_seen_by_its_own_act(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    with acting_in(cast.li.place):
        person = put(cast, entity, "contact")
    home = f"/entities/{entity.pk}/"
    read = [
        client.get(path).content.decode()
        for path in (home, f"/api{home}records/", f"/entities/records/contact/{person.pk}/")
    ]
    assert all("19900002001" not in text and "****2001" in text for text in read)
    assert "19900002001" in client.post(f"/entities/contacts/{person.pk}/phone/").content.decode()
    with acting_in(cast.li.place):
        assert AuditEvent.objects.get(action="entities.phone.revealed").subject_id == person.pk
    assert cast.client("leng").post(f"/entities/contacts/{person.pk}/phone/").status_code == 403


def test_an_endpoint_changes_what_it_names_and_keeps_the_rest(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    with acting_in(cast.li.place):
        person = put(cast, entity, "contact")
    address, json = f"/api/records/contact/{person.pk}/", "application/json"
    changed = client.patch(address, {"shift": "full", "version": version_of(person.entity)}, content_type=json)
    assert (changed.status_code, changed.json()["shift"], changed.json()["phone"]) == (200, "full", "****2001")
    assert client.patch(address, {"shift": "part", "version": "x"}, content_type=json).status_code == 409
    gone = client.delete(address, {"version": changed.json()["version"]}, content_type=json)
    assert (gone.status_code, client.get(address).status_code) == (200, 404)
    assert client.post(f"{address}restore/").json()["struck_on"] is None
    with acting_in(cast.li.place):
        assert (Contact.objects.get().name, Entity.objects.get().officer) == ("安一", "安一")


@pytest.mark.parametrize("kind", VALUES)
def test_another_street_and_a_wrong_kind_answer_as_a_missing_line(cast: Cast, kind: str) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        record = put(cast, entity, kind)
    for who, what in (("zhao", kind), ("sun", kind), ("li", "nothing")):
        for path in (f"/entities/records/{what}/{record.pk}/", f"/api/records/{what}/{record.pk}/"):
            assert cast.client(who).get(path).status_code == 404
    for path in (f"/entities/{entity.pk}/records/{kind}/new/", f"/entities/records/{kind}/{record.pk}/"):
        assert cast.client("leng").get(path).status_code == 403


@pytest.mark.parametrize("lines", [1, 3])
def test_the_lines_cost_the_same_queries_however_many(cast: Cast, django_assert_num_queries, lines: int) -> None:
    entity, client = added(cast), cast.client("li")
    with acting_in(cast.li.place):
        for number in range(lines):
            put(cast, entity, "contact", name=f"安{number}", phone=f"1990000{number:04}")
            put(cast, entity, "licence", number=f"证{number}")
            put(cast, entity, "insurance", policy_number=f"{number}")
    client.get("/api/entities/")
    with django_assert_num_queries(24):
        answer = client.get(f"/api/entities/{entity.pk}/records/").json()
    assert [len(answer[kind]) for kind in VALUES] == [lines, lines, lines, 0, 0]


@pytest.mark.req("LC-39")
def test_a_ban_and_a_credit_flag_stand_on_the_shop_and_on_a_person_with_their_source(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    with acting_in(cast.li.place):
        put(cast, entity, "flag")
        put(cast, entity, "flag", kind="credit", person="", source="某市信用办", document="某信〔2026〕8号")
    page = client.get(f"/entities/{entity.pk}/").context["shown"].records
    (group,) = (group for group in page if group.kind == "flag")
    told = [dict(line.facts) for line in group.lines]
    assert [(facts["类别"], facts.get("责任人"), facts["来源"], facts["文号"]) for facts in told] == [
        ("行业禁入", "安一", "某区市场监管局", "某市监罚〔2026〕3号"),
        ("信用惩戒", None, "某市信用办", "某信〔2026〕8号"),
    ]
