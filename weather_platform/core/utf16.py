"""Text in UTF-16, as spreadsheets and PowerShell write what they call Unicode, made UTF-8 as all else is.

Belongs here: that alone. Does not: what a text holds.
"""

import codecs

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_utf16(data: bytes) -> bool:
    """Whether its first bytes say so; nothing else does."""
    return data.startswith(_MARKS)


def as_utf8(data: bytes) -> bytes:
    """The text in UTF-8, no more than half as large again; data of any other beginning as they are.

    What is torn becomes the sign for it, which spoils one value and not the file.
    """
    return data.decode("utf-16", errors="replace").encode() if is_utf16(data) else data
