"""Which letters stand where, who still needs one, and with whom each cadre signs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.storage import default_storage
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from cadres.models import Assignment, Cadre, ResponsibilityList
from commitments.models import TABS, CommitmentLetter, LetterQuerySet, LetterReview, LetterScan
from commitments.policies import may_see_every
from commitments.rules import Pairing, Person, is_undoable, pair_with
from tenancy.models import Jurisdiction, Plan, Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END, ancestors_of

TOKEN = "baobao:letter"  # noqa: S105 -- the word before a letter's number in its code


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cadre in post with the plan of his place and what that plan makes of his letter."""

    cadre: Cadre
    plan: ResolvedPlan
    pairing: Pairing


def letters_for(post: Post) -> LetterQuerySet:
    """The letters a post may look at: a cadre sees his own, the offices those of their place."""
    letters = CommitmentLetter.objects.select_related("cadre__post", "reviewer", "jurisdiction")
    return letters if may_see_every(post) else letters.filter(cadre__post=post)


def tab_counts(letters: QuerySet[CommitmentLetter]) -> dict[str, int]:
    """How many stand in each tab, in one question."""
    return letters.aggregate(**{tab: Count("pk", filter=Q(state__in=states)) for tab, states in TABS.items()})


def printable(post: Post) -> tuple[Iterator[bytes], int]:
    """The files of the unsigned letters, read one at a time, and how many are still to be drawn."""
    letters = letters_for(post).in_tab("unsigned").order_by("place", "year", "number")
    drawn = list(letters.exclude(stored="").values_list("stored", flat=True))
    return (_read(stored) for stored in drawn), letters.filter(stored="").count()


def _read(stored: str) -> bytes:
    with default_storage.open(stored) as file:
        return bytes(file.read())


def scan_in_force(letter: CommitmentLetter) -> LetterScan | None:
    """The newest upload."""
    return letter.scans.select_related("uploaded_by").order_by("-uploaded_at", "-pk").first()


def last_decision(letter: CommitmentLetter) -> LetterReview | None:
    """The newest decision that was not taken back. Its reviewer is a post above, which the letter's own office cannot read."""
    return letter.reviews.filter(undone_at__isnull=True).order_by("-at", "-pk").first()


def undoable_by(post: Post, at: datetime) -> LetterReview | None:
    """The post's own last decision while it can still be taken back."""
    mine = LetterReview.objects.filter(by=post, undone_at__isnull=True).select_related("letter").order_by("-at", "-pk")
    last = mine.first()
    return last if last and is_undoable(last.at, at) else None


def cadres_without_letter(jurisdiction: Jurisdiction, on: date) -> list[Cadre]:
    """The cadres of a subtree who hold their post on a day and have no letter, place by place."""
    path = jurisdiction.path
    found = Cadre.objects.filter(place__gte=path, place__lt=path + END, post__valid__contains=on, letters__isnull=True)
    return list(found.select_related("post__jurisdiction").order_by("place", "post__rank_order", "pk"))


def candidates(jurisdiction: Jurisdiction, cadres: Iterable[Cadre], on: date) -> list[Candidate]:
    """With whom each of these cadres signs, by the plan of his own place."""
    heads = heads_around(jurisdiction, on)
    plans = plans_below(jurisdiction, on)
    found = []
    for cadre in cadres:
        plan = next(plans[path] for path in reversed(ancestors_of(cadre.place)) if path in plans)
        found.append(Candidate(cadre, plan, pair_with(person_of(cadre.post, cadre), plan.value, heads)))
    return found


def plans_below(jurisdiction: Jurisdiction, on: date) -> dict[str, ResolvedPlan]:
    """The plan in force in a place and in every place under it that has one of its own."""
    path = jurisdiction.path
    own = Plan.objects.filter(place__gt=path, place__lt=path + END, valid__contains=on).values_list("place", flat=True)
    return {place: plan_in_force(place, on) for place in (path, *own)}


def heads_around(jurisdiction: Jurisdiction, on: date) -> list[Person]:
    """Everybody in post with a title, in the subtree; the plan's titles pick from them."""
    path = jurisdiction.path
    posts = Post.objects.filter(place__gte=path, place__lt=path + END).held_on(on).exclude(title="")
    return [
        person_of(post, getattr(post, "cadre", None))
        for post in posts.select_related("jurisdiction", "cadre").order_by("pk")
    ]


def person_of(post: Post, cadre: Cadre | None) -> Person:
    """A cadre's layer is his tier; anybody else stands on the layer of his place."""
    return Person(
        post_id=post.pk,
        name=post.person_name,
        title=post.title,
        place=post.place,
        layer=cadre.tier if cadre else post.jurisdiction.level,
        category=cadre.category if cadre else "",
    )


def without_letter(jurisdiction: Jurisdiction, on: date) -> list[Candidate]:
    """Cadres in post who have no letter: those to draw up and those for whom none can be."""
    missing = cadres_without_letter(jurisdiction, on)
    return candidates(jurisdiction, missing, on) if missing else []


def loads_of(cadres: list[Cadre], on: date) -> dict[int, int]:
    """How many entities each cadre answers for on a day."""
    counted = Assignment.objects.in_force(on).filter(cadre__in=cadres).values_list("cadre_id").annotate(Count("pk"))
    return dict(counted.order_by())


def list_versions(path: str) -> dict[str, int]:
    """The newest responsibility list of each place in the line and below, by path."""
    around = Q(place__in=ancestors_of(path)) | Q(place__gte=path, place__lt=path + END)
    rows = ResponsibilityList.objects.filter(around).order_by("number").values_list("place", "number")
    return dict(rows)


def token_of(letter: CommitmentLetter) -> str:
    """What the code on the paper says: the letter's number and a mark that cannot be guessed."""
    mark = salted_hmac(TOKEN, str(letter.pk), algorithm="sha256").hexdigest()[:12]
    return f"{TOKEN}:{letter.pk}:{mark}"


def letter_number_in(codes: Iterable[str]) -> int | None:
    """The letter a scan says it is, when it carries a code drawn here."""
    for code in codes:
        head, _colon, mark = code.rpartition(":")
        number = head.removeprefix(f"{TOKEN}:")
        if number.isdecimal() and len(number) < 19:
            known = salted_hmac(TOKEN, number, algorithm="sha256").hexdigest()[:12]
            if constant_time_compare(known, mark):
                return int(number)
    return None
