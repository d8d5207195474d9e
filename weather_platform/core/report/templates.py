"""Pages of HTML: where their templates are, and pictures inside them.

Belongs here: what every page is made with. Does not: what stands on one (see page and outlook_page).
"""

import base64
from functools import cache

import jinja2


@cache
def template(name: str) -> jinja2.Template:
    """A template of this folder, which escapes what it is given and knows no value that it is not."""
    loader = jinja2.PackageLoader(__package__ or "", ".")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(
        name
    )


def inline(image: bytes) -> str:
    """A PNG as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")
