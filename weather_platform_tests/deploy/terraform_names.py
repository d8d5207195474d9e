"""`python terraform_names.py FOLDER`: which names Terraform files use and do not make, and the other way
round, as JSON.

Runs in the linters' environment, where python-hcl2 is. What `terraform validate` would say without a
network, as far as names go.
"""

import json
import pathlib
import re
import sys

import hcl2

_USES = {
    "resources": r"(?<![\w.])((?:google|random)_\w+\.\w+)(?=[.\[])",
    "data": r"\bdata\.(\w+\.\w+)",
    "variables": r"\bvar\.(\w+)",
    "locals": r"\blocal\.(\w+)",
}


def main(folder: str) -> None:
    """Print them."""
    texts = [path.read_text() for path in sorted(pathlib.Path(folder).glob("*.tf"))]
    parsed = [hcl2.loads(text) for text in texts]
    made = {
        "resources": _labelled(parsed, "resource"),
        "data": _labelled(parsed, "data"),
        "variables": {name.strip('"') for name in _names(parsed, "variable")},
        "locals": {name for name in _names(parsed, "locals") if not name.startswith("__")},
    }
    bare = "\n".join(re.sub(r"(?m)#.*$", "", text) for text in texts)
    used = {kind: set(re.findall(pattern, bare)) for kind, pattern in _USES.items()}
    idle = [name for kind in ("variables", "locals") for name in sorted(made[kind] - used[kind])]
    missing = sorted(name for kind in made for name in used[kind] - made[kind])
    print(json.dumps({"missing": missing, "idle": idle}))  # noqa: T201 - it is a program


def _names(parsed: list[dict[str, list[dict[str, object]]]], kind: str) -> set[str]:
    return {name for one in parsed for block in one.get(kind, []) for name in block}


def _labelled(parsed: list[dict[str, list[dict[str, dict[str, object]]]]], kind: str) -> set[str]:
    return {
        f"{type_}.{name}".replace('"', "")
        for one in parsed
        for block in one.get(kind, [])
        for type_, named in block.items()
        for name in named
    }


if __name__ == "__main__":
    main(sys.argv[1])
