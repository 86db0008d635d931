"""The grading engine against the decision table and against a whole ledger graded by other means."""

import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from entities.rules.grading import EntityFacts, compile_grading, grade, size_by
from entities.rules.matching import Profile, checklist_for, frequency_for, onsite_reason, risk_classes
from entities.rules.vocabulary import Grade, SizeClass, higher, raised
from tenancy.plans import PlanLayer, ResolvedPlan, codes_by_word, plain, resolve, shipped_plan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
LARGE, MEDIUM, SMALL, MICRO = SizeClass.LARGE, SizeClass.MEDIUM, SizeClass.SMALL, SizeClass.MICRO


def plan_of(*layers: PlanLayer, **values: object) -> ResolvedPlan:
    extra = [PlanLayer("补充", "", values, {})] if values else []
    return resolve([shipped_plan("national").layer(), *layers, *extra])


# The plans of the table, in the order of its tier columns; a shipped plan is one line.
PLANS = {
    "national": plan_of(),
    "lucheng": plan_of(shipped_plan("lucheng").layer()),
    "gumei": plan_of(shipped_plan("gumei").layer()),
}
NATIONAL, GUMEI = PLANS["national"], PLANS["gumei"]


def sized(kind: str, size: SizeClass) -> EntityFacts:
    return EntityFacts((kind,), declared_size=size)


def fed(kind: str, diners: int) -> EntityFacts:
    return EntityFacts((kind,), diners=diners)


A, B, C, D = Grade.A, Grade.B, Grade.C, Grade.D
# The tiers that cover a grade, under each of the plans.
COVERED = {
    A: ("市级", "上级包保", "上级包保"),
    B: ("县级", "区", "街道"),
    C: ("乡级", "街镇", "居民区"),
    D: ("村级", "村（社区）", "居民区"),
    None: ("", "", ""),
}
# Row of the decision table, facts, base grade.
TABLE = [
    ("1", sized("production", LARGE), A),
    ("2", sized("production", MEDIUM), B),
    ("3", sized("production", SMALL), B),
    ("4", sized("production", MICRO), C),
    ("5", EntityFacts(("small_workshop",)), C),
    ("6", sized("retail", LARGE), A),
    ("7", sized("wholesale", MEDIUM), B),
    ("8", sized("retail", SMALL), C),
    ("9", sized("wholesale", MICRO), D),
    ("10 large", sized("catering", LARGE), A),
    ("10 medium", sized("catering", MEDIUM), B),
    ("10 small", sized("catering", SMALL), C),
    ("10 micro", sized("catering", MICRO), D),
    ("11", fed("school_canteen", 3001), A),
    ("12", fed("school_canteen", 3000), A),
    ("13 upper", fed("school_canteen", 2999), B),
    ("13 lower", fed("school_canteen", 501), B),
    ("14", fed("school_canteen", 500), B),
    ("15 upper", fed("school_canteen", 499), C),
    ("15 lower", fed("school_canteen", 201), C),
    ("16", fed("school_canteen", 200), C),
    ("17", fed("school_canteen", 199), D),
    ("18", fed("kindergarten_canteen", 501), A),
    ("18 tie", fed("kindergarten_canteen", 500), A),
    ("19 upper", fed("kindergarten_canteen", 499), B),
    ("19 lower", fed("kindergarten_canteen", 301), B),
    ("19 tie", fed("kindergarten_canteen", 300), B),
    ("20 upper", fed("kindergarten_canteen", 299), C),
    ("20 lower", fed("kindergarten_canteen", 101), C),
    ("20 tie", fed("kindergarten_canteen", 100), C),
    ("21", fed("kindergarten_canteen", 99), D),
    ("22 elderly", EntityFacts(("elderly_canteen",)), D),
    ("22 office", EntityFacts(("canteen",)), D),
    ("23 stall", EntityFacts(("stall",)), D),
    ("23 eatery", EntityFacts(("small_eatery",)), D),
    ("24 delivery", EntityFacts(("meal_delivery",)), D),
    ("24 kitchen", EntityFacts(("central_kitchen",)), D),
    ("24 chain", EntityFacts(("chain_headquarters",)), D),
    ("24 market", EntityFacts(("market",)), D),
    ("25", EntityFacts(("production",), declared_size=SMALL, classes=frozenset({"dairy"})), B),
    # 提级 is another column: the base of row 26 is that of row 17.
    ("26 base", fed("school_canteen", 199), D),
    ("27", EntityFacts(("catering",), employees=300), None),
    ("28 sells and caters", EntityFacts(("retail", "catering"), 60, 600), B),
    ("28 contractor", EntityFacts(("catering", "school_canteen"), 5, 50, 800), B),
]


def tier_of(plan: ResolvedPlan, base: Grade | None) -> str:
    tier = plan.value.tiers_of(base)[0] if base else ""
    return "上级包保" if tier == "external" else next((each.name for each in plan.value.tiers if each.code == tier), "")


def test_the_table_has_every_row():
    assert sorted({int(row.split()[0]) for row, _facts, _base in TABLE}) == list(range(1, 29))


@pytest.mark.req("GM-04", "GM-08", "GM-10", "GM-11", "GM-12", "GM-13", "LC-08", "LC-11")
@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(("row", "facts", "expected"), TABLE, ids=[row for row, _, _ in TABLE])
def test_a_row_of_the_decision_table_gives_its_grade_and_its_tier(name, row, facts, expected):
    plan, column = PLANS[name], list(PLANS).index(name)
    base = grade(facts, plan).base
    assert (base, tier_of(plan, base)) == (expected, COVERED[expected][column])


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(
    "kind",
    ["canteen", "elderly_canteen", "meal_delivery", "central_kitchen", "chain_headquarters", "market", "stall"],
)
@pytest.mark.req("GM-12")
def test_the_catch_all_admits_that_no_rule_names_such_an_entity(name, kind):
    found = grade(EntityFacts((kind,)), PLANS[name])
    assert (found.rule_code, found.base) == ("d-other", D)
    assert found.reason.split("：", 1)[1] == "没有规则写到这类主体，按“其他食品经营者”定 D 级"


@pytest.mark.parametrize(
    ("kind", "diners", "lower"),
    [
        ("school_canteen", 3000, B),
        ("school_canteen", 500, C),
        ("school_canteen", 200, D),
        ("kindergarten_canteen", 500, B),
        ("kindergarten_canteen", 300, C),
        ("kindergarten_canteen", 100, D),
    ],
)
def test_a_number_on_two_ranges_goes_the_way_the_plan_says(kind, diners, lower):
    assert grade(fed(kind, diners), plan_of(boundary_tie="lower")).base == lower


def test_a_tie_says_that_both_ranges_include_the_number():
    assert grade(fed("school_canteen", 500), GUMEI).reason == (
        "学校食堂，用餐 500 人，按“用餐人数500人以上3000人以下的学校食堂”定 B 级（两级都含本数，就高）"
    )


def test_raising_one_step_changes_the_effective_grade_and_not_the_base():
    base = grade(fed("school_canteen", 199), GUMEI).base
    assert (base, raised(base, 1), raised(A, 2), raised(D, 0)) == (D, C, A, D)


def test_a_caterer_with_one_indicator_missing_has_no_grade_until_answered():
    found = grade(EntityFacts(("catering",), employees=300), GUMEI)
    assert (found.base, found.unknown, found.reason) == (
        None,
        ("revenue",),
        "餐饮服务缺少年营业收入，不能分级，请补填",
    )


@pytest.mark.parametrize(("policy", "expected"), [("assume_micro", D), ("assume_small", C)])
def test_a_plan_may_assume_a_missing_size(policy, expected):
    found = grade(EntityFacts(("catering",), employees=300), plan_of(size_missing=policy))
    assert (found.base, found.unknown) == (expected, ())


def test_a_canteen_without_its_diners_has_no_grade_even_where_sizes_are_assumed():
    found = grade(EntityFacts(("school_canteen",)), plan_of(size_missing="assume_micro"))
    assert (found.base, found.unknown) == (None, ("diners",))


def test_one_indicator_of_micro_is_enough():
    assert grade(EntityFacts(("catering",), employees=9), GUMEI).size == MICRO


@pytest.mark.parametrize(
    ("industry", "employees", "revenue", "expected"),
    [
        ("industrial", 1200, 39999, MEDIUM),
        ("industrial", 1200, 1500, SMALL),
        ("industrial", 1200, 250, MICRO),
        ("industrial", 299, 50000, SMALL),
        ("industrial", 1000, 40000, LARGE),
        ("industrial", 300, 2000, MEDIUM),
        ("industrial", 20, 300, SMALL),
        ("wholesale", 200, 40000, LARGE),
        ("wholesale", 20, 5000, MEDIUM),
        ("wholesale", 5, 1000, SMALL),
        ("wholesale", 4, 50000, MICRO),
        ("retail", 60, 90, MICRO),
        ("retail", 300, 20000, LARGE),
        ("retail", 50, 500, MEDIUM),
        ("retail", 10, 100, SMALL),
        ("catering", 100, 2000, MEDIUM),
        ("catering", 99, 9999, SMALL),
        ("catering", 300, 10000, LARGE),
        ("warehousing", 200, 30000, LARGE),
        ("warehousing", 100, 1000, MEDIUM),
        ("warehousing", 20, 100, SMALL),
    ],
)
@pytest.mark.req("GM-08")
def test_the_size_is_the_lower_of_both_indicators(industry, employees, revenue, expected):
    line = NATIONAL.value.size_standard.industries[industry]
    assert size_by(employees, revenue, (line.employees, line.revenue)) == expected


def test_a_second_activity_that_is_open_leaves_the_grade_open_unless_a_is_reached():
    contractor = EntityFacts(("catering", "school_canteen"), diners=3001)
    assert grade(contractor, GUMEI).base == A
    assert grade(EntityFacts(("catering", "school_canteen"), diners=800), GUMEI).unknown == ("employees", "revenue")


def test_a_type_the_plan_does_not_know_gets_no_grade():
    found = grade(EntityFacts(("greenhouse",)), GUMEI)
    assert (found.base, found.unknown) == (None, ("business_types",))
    assert grade(EntityFacts(()), GUMEI).unknown == ("business_types",)


def test_the_clause_that_fired_is_named():
    found = grade(EntityFacts(("production",), 120, 1500), GUMEI)
    assert (found.clause, found.rule_code, found.reason) == (
        "闵古办〔2022〕40号 三（一）1",
        "b-production",
        "食品生产，小型（从业 120 人，年营业收入 1500 万元），按“中小型食品生产企业”定 B 级",
    )


def test_a_known_fact_that_fails_a_rule_is_not_asked_beyond_it():
    rule = {"code": "b-key", "name": "重点食堂", "grade": "B"}
    rule["when"] = {"business_types": ["school_canteen"], "tags": ["重点"], "diners": {"min": 10}}
    rules = [rule, {"code": "d-other", "name": "其他食品经营者", "grade": "D"}]
    plan = plan_of(grading_rules=rules)
    assert grade(EntityFacts(("school_canteen",)), plan).base == D
    assert grade(EntityFacts(("school_canteen",), tags=frozenset({"重点"})), plan).unknown == ("diners",)


def test_class_rules_may_come_before_size():
    rules = [{"code": "b-key", "name": "重点主体", "grade": "B", "when": {"tags": ["重点"]}}]
    rules += shipped_plan("gumei").values["grading_rules"]
    facts = EntityFacts(("catering",), tags=frozenset({"重点"}))
    assert grade(facts, plan_of(grading_rules=rules)).rule_code == "b-key"


def test_the_higher_of_two_grades_is_the_one_nearer_a():
    assert (higher(B, C), higher(D, A)) == (B, A)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (
            EntityFacts(("production",), classes=frozenset({"meat"})),
            "高风险的食品生产经营者（如乳制品、肉制品等生产企业）",
        ),
        (EntityFacts(("school_canteen",), diners=50), "学校、幼儿园食堂等餐饮单位"),
        (EntityFacts(("retail",)), None),
    ],
)
def test_must_onsite_entities_are_refused_remote_visits_with_the_clause(facts, rule):
    expected = f"“{rule}”必须开展现场督导（闵古办〔2022〕40号 三（二）），请改用现场督导" if rule else ""
    assert onsite_reason(Profile(facts), GUMEI) == expected


def test_the_licence_shows_the_high_risk_class_of_the_main_product():
    licences = ["SC10511010100012", "JY23101124713255"]
    assert risk_classes(licences, GUMEI.value) == {"dairy"}


def test_every_entity_has_a_frequency_and_a_task_list_of_four_sections():
    profile = Profile(EntityFacts(("stall",)))
    frequency, checklist = frequency_for(profile, GUMEI.value), checklist_for(profile, GUMEI.value)
    assert (frequency.times, frequency.per) == (1, "quarter")
    assert [section.title for section in checklist.sections] == [
        "完善安全管理体系",
        "抓好常态化防控",
        "强化应急处置",
        "加强宣传和培训",
    ]
    assert sum(len(section.items) for section in checklist.sections) == 19


def ledger_facts() -> dict[int, EntityFacts]:
    """Every row whose type and numbers can be read."""
    types = codes_by_word(GUMEI.value.business_types)
    sheet = openpyxl.load_workbook(FIXTURES / "ledger-gumei.xlsx")["主体台账"]
    found = {}
    for number, row in enumerate(sheet.iter_rows(min_row=5, values_only=True), start=5):
        kind = types.get(plain(row[4] or ""))
        if kind and not any(isinstance(value, str) for value in row[5:8]):
            found[number] = EntityFacts((kind,), *row[5:8])
    return found


@pytest.mark.req("GM-08", "GM-10", "GM-11", "GM-12")
def test_the_whole_ledger_gets_the_grades_computed_independently():
    expected = {line["row"]: line["grade"] for line in json.loads((FIXTURES / "ledger-gumei.grades.json").read_text())}
    grader = compile_grading(GUMEI)
    grades = {row: grader(facts).base for row, facts in ledger_facts().items()}
    unreadable = {171, 499, 872, 1076}
    assert grades == {row: letter for row, letter in expected.items() if row not in unreadable}


def test_the_committable_rows_have_the_expected_number_of_each_grade():
    expected = json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())
    refused = {problem["row"] for problem in expected["problems"] if problem["level"] == "error"}
    grades = Counter(grade(facts, GUMEI).base for row, facts in ledger_facts().items() if row not in refused)
    assert grades == expected["grades_of_committable"]
