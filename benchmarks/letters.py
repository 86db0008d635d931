"""Letters as PDF: one font configuration for the process against a new one for each letter."""

from collections.abc import Iterator

from benchmarks.district import District
from benchmarks.measuring import Limit, Line, Timer, compare, not_run

LETTERS = 8


def pdf(city: District) -> Iterator[Line]:
    try:
        from tenancy import documents  # noqa: PLC0415 -- needs pango on the machine
    except (ImportError, OSError) as error:
        yield not_run("pdf", f"WeasyPrint cannot be loaded: {error}")
        return
    letters = [_letter(n) for n in range(LETTERS if city.rounds > 1 else 1)]
    documents.drawn(letters[0])

    def ours(timer: Timer) -> None:
        with timer():
            for letter in letters:
                documents.drawn(letter)

    def naive(timer: Timer) -> None:
        with timer():
            for letter in letters:
                documents._sheet.cache_clear()  # noqa: SLF001 -- what the product never does
                documents.drawn(letter)

    note = f"{len(letters)} one-page letters; peer: a new font configuration and style sheet for each"
    yield compare("pdf", ours, naive, Limit(0.8), rounds=city.rounds, note=note)


def _letter(number: int) -> str:
    """A page as long as a letter, with a table and a rare name."""
    rows = "".join(f"<tr><td>{n}</td><td>老街面馆{number:03}{n}</td><td>餐饮服务</td></tr>" for n in range(8))
    words = "认真履行食品安全包保责任，督促包保主体落实食品安全主体责任，按期开展督导并如实记录。" * 6
    return (
        f"<html lang='zh-Hans'><body><h1>食品安全包保干部承诺书</h1><p>{words}</p><table>{rows}</table>"
        f"<p>承诺人：李㛃{number}</p></body></html>"
    )
