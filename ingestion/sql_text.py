"""Names and texts as they stand in an SQL statement."""

from pathlib import Path


def quoted(*names: str) -> str:
    """Identifiers, quoted and joined with dots."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: Path | str) -> str:
    """A text or a path as a string literal."""
    return "'" + str(text).replace("'", "''") + "'"
