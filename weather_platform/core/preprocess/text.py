"""Texts: METAR and TAF reports decoded by a library, everything else cut into words.

Belongs here: where one report ends and the next begins, and the order of both ways. Does not: what a decoded
report's numbers are (metar).
"""

import re

import pandas as pd

from weather_platform.core.file_names import stamp_of
from weather_platform.core.preprocess.metar import decoded
from weather_platform.core.preprocess.spec import Features, PreprocessError, Preprocessor
from weather_platform.core.utf16 import as_utf8

SUFFIXES = (".txt", ".metar", ".taf", ".tac", ".bul")
MAX_BYTES, MAX_ROWS = 20_000_000, 200_000
_MAX_REPORT = 4000
# Type, correction or amendment, station, day and time: how every report begins.
REPORT = re.compile(r"\b(?:(?:METAR|SPECI|TAF)\s+)?(?:TAF\s+)?(?:(?:COR|AMD)\s+)?[A-Z][A-Z0-9]{3}\s+\d{6}Z\b")
_CONTINUED = re.compile(r"^(?:\s|FM\d{6}|BECMG\b|TEMPO\b|PROB\d0\b|RMK\b)")
_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*|[^\w\s]")


def takes(name: str, _data: bytes) -> bool:
    """Whether the name ends as texts do."""
    return name.lower().endswith(SUFFIXES)


def features(name: str, data: bytes) -> Features:
    """A row a report (`text`, `time` where the file name tells the month, numbers), else a row a word.

    Raises PreprocessError.
    """
    text = _text(data)
    found = [report for report in reports(text) if REPORT.match(report)]
    if found:
        rows = [decoded(report, stamp_of(name)) for report in found[:MAX_ROWS]]
    else:
        rows = [{"text": word.lower()} for word in _WORD.findall(text)[:MAX_ROWS]]
    if not rows:
        raise PreprocessError("holds no text")
    return Features(pd.DataFrame(rows).assign(position=range(len(rows))))


def reports(text: str) -> list[str]:
    """Reports of a bulletin, each in one line: ended by `=` where there is any, else by lines that are not
    continued. A heading before the first is left out.
    """
    if "=" in text:
        parts = [" ".join(part.split()) for part in text.split("=")]
        parts = [part[found.start() :] if (found := REPORT.search(part)) else part for part in parts]
    else:
        parts = []
        for line in text.splitlines():
            if parts and line.strip() and _CONTINUED.match(line):
                parts[-1] += " " + line.strip()
            else:
                parts.append(line.strip())
        parts = [" ".join(part.split()) for part in parts]
    return [part[:_MAX_REPORT] for part in parts if part]


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise PreprocessError(f"{len(data)} bytes of text, more than the {MAX_BYTES} allowed; split it")
    data = as_utf8(data)
    if b"\0" in data:
        raise PreprocessError("is no text: it has zero bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


TEXT = Preprocessor("text", takes, features)
