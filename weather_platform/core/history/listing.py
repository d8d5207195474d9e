"""Directory listings of Apache as files with sizes and dates.

Belongs here: reading a page of `mod_autoindex` in its three shapes (a table with icons, a table without,
preformatted text). Does not: fetching it, or what the files are. Sizes are rounded there and dates have no
zone: both are good for telling a change, not for arithmetic.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}|(\d{2}|\d{4})-(?P<month>[A-Z][a-z]{2})-(\d{4}|\d{2}))\s+(?P<time>\d{2}:\d{2})(:\d{2})?"
)
_SIZE = re.compile(r"\s*(?P<number>\d{1,3}(,\d{3})+|\d+(\.\d+)?)\s?(?P<unit>[KMGT]?)B?(?![\w.,-])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class ListingError(ValueError):
    """A page that is no directory listing; the message says what it is."""


class Entry(NamedTuple):
    """A file of a listing. `modified` and `bytes` are None where the page does not say."""

    name: str
    url: str
    modified: datetime | None
    bytes: float | None


def read_listing(page: bytes, url: str) -> list[Entry]:
    """Files of the folder at `url`, in the page's order, each once; folders and links elsewhere are left out.

    Raises ListingError for a page that is no listing: anything else must not pass for an empty folder.
    """
    tree = LexborHTMLParser(page)
    heading = tree.css_first("h1") or tree.css_first("title")
    says = heading.text(strip=True) if heading is not None else ""
    if not says.lower().startswith("index of"):
        raise ListingError(f"{url}: no directory listing but {says[:100]!r}; look at the page")
    folder = url if url.endswith("/") else url + "/"
    return list({entry.name: entry for entry in _entries(tree, folder)}.values())


def _entries(tree: LexborHTMLParser, folder: str) -> Iterator[Entry]:
    for link in tree.css("a[href]"):
        target = urljoin(folder, (link.attributes.get("href") or "").strip())
        name = _name_within(target, folder)
        if name is not None:
            beside = _beside(link)
            yield Entry(name, target, _modified(beside), _bytes(beside))


def _name_within(target: str, folder: str) -> str | None:
    """The name of a file directly in the folder; None for sort links, folders and anything elsewhere."""
    there, here = urlsplit(target), urlsplit(folder)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc) or there.query or there.fragment:
        return None
    if not there.path.startswith(here.path):
        return None
    name = unquote(there.path[len(here.path) :])
    return name if name and "/" not in name and name not in (".", "..") else None


def _beside(link: LexborNode) -> str:
    """What stands beside a link: the other cells of its row, or the text up to the next link."""
    node = link.parent
    while node is not None and node.tag not in ("tr", "pre", "body"):
        node = node.parent
    if node is not None and node.tag == "tr":
        return " ".join(cell.text() for cell in node.css("td") if cell.css_first("a") is None)
    following = link.next
    return following.text() if following is not None and following.tag == "-text" else ""


def _modified(text: str) -> datetime | None:
    found = _DATE.search(text)
    if found is None:
        return None
    day = found["day"]
    if found["month"] is not None:
        if found["month"] not in _MONTHS:
            return None
        first, _, last = day.split("-")
        year, date = (first, last) if len(first) > len(last) else (last, first)
        day = f"{year}-{_MONTHS.index(found['month']) + 1:02d}-{date}"
    try:
        return datetime.fromisoformat(f"{day}T{found['time']}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _bytes(text: str) -> float | None:
    """The size that stands behind the date (or before it, in some): what comes later is a description."""
    date = _DATE.search(text)
    for part in (text,) if date is None else (text[date.end() :], text[: date.start()]):
        if part.strip():
            found = _SIZE.match(part)
            return None if found is None else float(found["number"].replace(",", "")) * _UNITS[found["unit"]]
    return None
