"""A mapping as a YAML file.

Belongs here: text to a Mapping, with messages that name the file and the field. Does not: what the fields
mean. Every scalar is read as text first, so that codes keep their zeros and `N` is a letter, not "no".
"""

from collections import Counter
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from weather_platform.core.observations.mapping import Mapping, StrictModel

Fields = TypeVar("Fields", bound=StrictModel)
_MAX_CHARACTERS = 1_000_000
_MOST_SHOWN = 20


class MappingError(ValueError):
    """A mapping that cannot be used; the message names file, field and what to write."""


class _Loader(yaml.BaseLoader):
    """Scalars stay text; a key that comes twice is refused instead of the first being lost. So is an alias: a
    few lines of them, each made of those before, are a list of billions.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise MappingError(
                f"line {event.start_mark.line + 1}: *{event.anchor:.40} is an alias; "
                "write out what it stands for"
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = Counter(str(key.value) for key, _ in node.value)
        if repeated := [key for key, times in keys.items() if times > 1]:
            raise MappingError(
                f"line {node.start_mark.line + 1}: {', '.join(sorted(repeated)[:_MOST_SHOWN])} comes twice"
            )
        return super().construct_mapping(node, deep)


def read_mapping(text: str, name: str) -> Mapping:
    """The mapping in YAML text; `name` is for messages. Raises MappingError naming file, field and remedy."""
    return as_mapping(mapping_fields(text, name), name)


def mapping_fields(text: str, name: str) -> dict[str, Any]:
    """The fields in YAML text, as they stand there. Raises MappingError."""
    if len(text) > _MAX_CHARACTERS:
        raise MappingError(f"{name}: larger than {_MAX_CHARACTERS // 1000} kB; a mapping is a page of text")
    try:
        fields = yaml.load(text, _Loader)  # noqa: S506 - it makes nothing but text, lists and dicts
        if not isinstance(fields, dict):
            raise MappingError(
                "holds no fields; `weather-platform import observations --help` shows a mapping"
            )
    except yaml.YAMLError as error:
        raise MappingError(f"{name}: not YAML: {error}") from error
    except RecursionError:
        raise MappingError(f"{name}: nested too deeply; a mapping has three levels") from None
    except MappingError as error:
        raise MappingError(f"{name}: {error}") from error
    return fields


def as_mapping(fields: dict[str, Any], name: str) -> Mapping:
    """The mapping of these fields. Raises MappingError naming file, field and remedy."""
    return validated(Mapping, fields, name)


def validated(kind: type[Fields], fields: dict[str, Any], name: str) -> Fields:
    """Such fields, whichever they are of. Raises MappingError naming file, field and remedy."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")
            for fault in error.errors()[:_MOST_SHOWN]
        ]
        raise MappingError(f"{name}: " + f"\n{name}: ".join(faults)) from error
