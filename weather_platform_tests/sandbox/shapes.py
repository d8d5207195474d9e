"""Compare the shape of a reply with that of a recorded one: keys, nesting and types, not values."""

from typing import Any

Shape = dict[str, set[str]]


def shape(value: Any, path: str = "") -> Shape:
    """Path of every leaf and container → the types seen there; items of a list share one path."""
    found: Shape = {path: {_kind(value)}}
    children = value.items() if isinstance(value, dict) else ()
    for name, child in children:
        _merge(found, shape(child, f"{path}.{name}"))
    for child in value if isinstance(value, list) else ():
        _merge(found, shape(child, f"{path}[]"))
    return found


def not_in(ours: Shape, recorded: Shape) -> list[str]:
    """Paths of ours that the recorded reply has not, or has with another type (null fits anything)."""
    wrong = [
        path
        for path, kinds in ours.items()
        if path not in recorded or not (kinds <= recorded[path] | {"null"} or recorded[path] == {"null"})
    ]
    return sorted(wrong)


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "list", str: "text", bool: "bool", int: "number", float: "number"}
    return "null" if value is None else kinds[type(value)]


def _merge(into: Shape, more: Shape) -> None:
    for path, kinds in more.items():
        into.setdefault(path, set()).update(kinds)
