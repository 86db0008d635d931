"""A form as a browser would send it back: what stands in its fields when nobody touches them."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """name -> values of every field of the forms whose action or id is wanted (all without one)."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select: str | None = None
        self.area: str | None = None
        self.chosen = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "select":
            self.select, self.chosen = name, False
        elif tag == "option" and self.select:
            if "selected" in given or not self.chosen:
                self.values[self.select] = [given.get("value") or ""]
                self.chosen = self.chosen or "selected" in given
        elif tag == "textarea" and name:
            self.area = name
            self.values[name] = [""]
        elif tag == "input" and name:
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            missing = "on" if given.get("type") == "checkbox" else ""
            self.values.setdefault(name, []).append(given.get("value", missing))

    def handle_data(self, data):
        if self.area:
            self.values[self.area][0] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            # As a browser sends it: without the line end after the tag, and with its own line ends.
            self.values[self.area] = [self.values[self.area][0].removeprefix("\n").replace("\n", "\r\n")]
            self.area = None
        elif tag == "select":
            self.select = None


def as_sent(html: str) -> dict[str, list[str]]:
    """What a browser would send for the fields of a piece of HTML."""
    parser = _Fields()
    parser.feed(html)
    return parser.values
