"""What people read of an asset in the UI, out of its module's docstring.

Belongs here: which part of it, and how it follows a title. Does not: columns, owners, kinds (defs.common).
"""


def said(docstring: str | None, of: str = "", more: str = "") -> str:
    """The docstring's first paragraph: what comes after it tells programmers what belongs into the module.
    `of` names whose it is ("MET Norway"), `more` is a sentence to end on.
    """
    first = " ".join((docstring or "").partition("\n\n")[0].split())
    text = f"{of}: {first[:1].lower()}{first[1:]}" if of else first
    return f"{text} {more}".strip()
