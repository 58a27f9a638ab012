"""Reading `funnelhouse.toml`: text to a checked tree, overrides from the environment, errors with line and key."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingestion.errors import ConfigurationError

Tree = dict[str, Any]

_PREFIX = "FUNNELHOUSE__"
_HEADER = re.compile(r"^\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_ASSIGNMENT = re.compile(r"""^\s*(?P<key>(?:"[^"]*"|'[^']*'|[A-Za-z0-9_.\- ]+))\s*=""")
_PART = re.compile(r'"([^"]*)"|' + r"'([^']*)'|([^.\s]+)")


def read_toml(path: Path) -> tuple[Tree, str]:
    """The parsed tree and the text of a TOML file.

    Raises ConfigurationError when the file is absent, not UTF-8 or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            "there is no configuration file", where=str(path), next="Write one with `funnel init`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file cannot be read ({error})", where=str(path)) from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"this is not TOML: {error}", where=str(path)) from None


def override(tree: Tree, environment: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Put `FUNNELHOUSE__SECTION__KEY=value` into the tree; returns the keys that were set."""
    changed: set[tuple[str, ...]] = set()
    for variable in sorted(environment):
        if not variable.startswith(_PREFIX):
            continue
        parts = tuple(part.lower() for part in variable.removeprefix(_PREFIX).split("__"))
        if not all(parts):
            raise ConfigurationError("a part of the name is empty", where=f"environment variable {variable}")
        node = tree
        for part in parts[:-1]:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise ConfigurationError(f"{part!r} is not a table", where=f"environment variable {variable}")
            node = child
        node[parts[-1]] = environment[variable]
        changed.add(parts)
    return changed


def line_of(text: str, key: Iterable[str]) -> int | None:
    """The line (from 1) on which a key stands, what is in it, or its nearest parent; None when the text has neither."""
    lines = _lines(text)
    wanted = tuple(key)
    while wanted:
        inside = [number for name, number in lines.items() if name[: len(wanted)] == wanted]
        if inside:
            return lines.get(wanted, min(inside))
        wanted = wanted[:-1]
    return None


def _lines(text: str) -> dict[tuple[str, ...], int]:
    table: tuple[str, ...] = ()
    found: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _split(header["name"])
            found.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            found.setdefault(table + _split(assignment["key"]), number)
    return found


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(next(part for part in match if part) for match in _PART.findall(dotted) if any(match))
