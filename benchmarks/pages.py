"""Pages by in-process WSGI calls: both sides behind the same middleware, signed in, without a socket.

`urls` beside this file adds the two plain views to the product's own addresses.
"""

import io
import json
from collections.abc import Callable, Iterator
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from benchmarks.district import District
from benchmarks.measuring import Limit, Line, Timer, clock_with_database, compare, counted
from cadres.models import Cadre
from supervision.actions.quarters import open_quarter
from supervision.models import Answer, Obligation, Visit
from supervision.queries.mine import my_document
from tenancy.actions.accounts import create_login, give_login
from tenancy.models import Post, User
from tenancy.rules.periods import quarter_of

TOKEN = "b" * 32
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
INK = [[[x, x * 2] for x in range(24)]]
MOST_QUERIES = 12


class Browser:
    """A signed-in person who speaks WSGI to the application in this process."""

    def __init__(self, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        self.application = WSGIHandler()

    def ask(self, path: str, body: bytes = b"", method: str = "GET") -> bytes:
        """The body of a good answer; any other ends the benchmark."""
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": self.cookie,
            "HTTP_HOST": "localhost", "HTTP_X_CSRFTOKEN": TOKEN, "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": False,
            "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        seen: list[str] = []
        answer = self.application(environ, lambda status, *_: seen.append(status))
        content = b"".join(answer)
        answer.close()
        if not seen[0].startswith("20"):
            raise AssertionError(f"{method} {path}: {seen[0]} {content[:300].decode()}")
        return content


def http(city: District) -> Iterator[Line]:
    city.peopled()
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}
    with override_settings(ROOT_URLCONF="benchmarks.urls", STORAGES=storages):
        yield from _list(city)
        yield from _visit(city)


def _list(city: District) -> Iterator[Line]:
    browser = Browser(_login("bench-clerk", city.clerk, city))
    sides = _asking(browser, "/entities/", city.repeat), _asking(browser, "/bench/rows.json", city.repeat)
    note = f"first page of {city.rows} entities; peer: the same rows as JSON behind the same middleware"
    yield compare("http-list", *sides, Limit(5), rounds=city.rounds, clock=clock_with_database(), note=note)
    around = _queries(browser, "/bench/hello")
    own = _queries(browser, "/entities/") - around
    note = f"queries of the list view, besides {around} of session, post and wall; peer: the most it may need"
    yield counted("http-list-queries", own, MOST_QUERIES, Limit(1), note=note)


def _queries(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        browser.ask(path)
    return len(caught)


def _asking(browser: Browser, path: str, times: int) -> Callable[[Timer], None]:
    def side(timer: Timer) -> None:
        browser.ask(path)
        with timer():
            for _ in range(times):
                browser.ask(path)

    return side


def _visit(city: District) -> Iterator[Line]:
    today = timezone.localdate()
    with city.acting():
        cadre = Cadre.objects.filter(assignments__isnull=False).select_related("post").order_by("pk")[0]
        open_quarter(city.place, quarter_of(today), on=today)
    browser = Browser(_login("bench-cadre", cadre.post, city))
    with city.acting():
        document = my_document(Post.objects.select_related("jurisdiction").get(pk=cadre.post_id), today)

    # Each entity's first visit of the quarter, as most are.
    bodies = [_body(document, entity) for entity in document["entities"][: city.repeat]]

    def ours(timer: Timer) -> None:
        with timer():
            for body in bodies:
                browser.ask(f"/api/visits/{uuid4()}", body, "PUT")
        with city.acting():
            Obligation.objects.filter(fulfilled_by__isnull=False).update(fulfilled_by=None, fulfilled_on=None)
            Answer.objects.all().delete()
            Visit.objects.all().delete()

    note = "a visit with its answers and signature, by the phone's endpoint; peer: an empty view behind the same middleware"
    yield compare(
        "http-visit", ours, _asking(browser, "/bench/hello", len(bodies)), Limit(6), rounds=city.rounds,
        clock=clock_with_database(), note=note,
    )  # fmt: skip


def _body(document: dict, entity: dict) -> bytes:
    sections = document["task_lists"][entity["task_list"]]["sections"]
    answers = [{"item": item["code"], "answer": "yes"} for section in sections for item in section["items"]]
    mode = next((mode for mode in entity["modes"] if mode["photo"] != "required"), entity["modes"][0])
    signer = {"strokes": INK, "name": "店主", "position": "负责人"}
    body = {
        "entity": entity["id"], "mode": mode["code"], "visited_on": document["today"], "task_list": entity["task_list"],
        "answers": answers, "photos": [], "cadre_signature": INK, "conclusion": "符合要求",
        "entity_signature": signer if mode["entity_signature"] != "off" else None,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False).encode()


def _login(name: str, post: Post, city: District) -> User:
    with city.acting():
        user = create_login(name)
        give_login(Post.objects.get(pk=post.pk), user, by=None)
    return user
