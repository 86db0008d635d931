"""A person with a browser: cookies, forms with their token, uploads, JSON. Only what the walk needs."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from threading import Event
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

PATIENCE = 180.0
BETWEEN_LOOKS = 0.2


class WalkFailed(Exception):
    """A step did not give what a user may expect; the walk ends here."""


@dataclass
class Answer:
    """What came back, after redirects."""

    status: int
    url: str
    body: bytes
    kind: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def find(self, pattern: str) -> str:
        """The first group of a pattern in the page; WalkFailed when it is not there."""
        found = re.search(pattern, self.text)
        if found is None:
            raise WalkFailed(f"{self.url} ({self.status}): {pattern} not found")
        return found[1]


class Browser:
    """One signed-in person."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def ask(
        self, method: str, path: str, data: bytes | None = None, kind: str = "", expect: tuple[int, ...] = (200,)
    ) -> Answer:
        """One request; WalkFailed when the status is not among the expected ones."""
        url = path if path.startswith("http") else self.base + path
        request = Request(url, data=data, method=method, headers={"Referer": url})
        if kind:
            request.add_header("Content-Type", kind)
        if token := next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), None):
            request.add_header("X-CSRFToken", token)
        try:
            with self.opener.open(request, timeout=60) as got:
                answer = Answer(got.status, got.url, got.read(), got.headers.get_content_type())
        except HTTPError as error:
            answer = Answer(error.code, error.url, error.read(), error.headers.get_content_type())
        if answer.status not in expect:
            raise WalkFailed(f"{method} {path}: {answer.status} {answer.text[:2000]}")
        return answer

    def get(self, path: str, **options: Any) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> Answer:
        data = urlencode(fields or {}, doseq=True).encode()
        return self.ask("POST", path, data, "application/x-www-form-urlencoded", **options)

    def upload(self, path: str, name: str, data: bytes, *, field: str = "file", **fields: str) -> Answer:
        body = encode_multipart(BOUNDARY, {field: SimpleUploadedFile(name, data), **fields})
        return self.ask("POST", path, body, MULTIPART_CONTENT)

    def put(self, path: str, body: bytes, kind: str = "application/json", **options: Any) -> Answer:
        return self.ask("PUT", path, body, kind, **options)

    def sign_in(self, login: str, password: str) -> "Browser":
        self.get("/login/")
        answer = self.post("/login/", {"username": login, "password": password})
        if "/login/" in answer.url:
            raise WalkFailed(f"{login} could not sign in")
        return self

    def until(self, path: str, ready: Callable[[Answer], bool]) -> Answer:
        """Looks at a page until it is ready, as a waiting person does."""
        end = time.monotonic() + PATIENCE
        shown = "nobody answers"
        while time.monotonic() < end:
            try:
                answer = self.get(path)
            except URLError:
                Event().wait(BETWEEN_LOOKS)
                continue
            if ready(answer):
                return answer
            shown = answer.text[:1500]
            Event().wait(BETWEEN_LOOKS)
        raise WalkFailed(f"{path} was not ready after {PATIENCE:.0f} s: {shown}")
