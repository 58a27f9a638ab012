"""The seal: a hash over every column of each mart, taken at the audit, looked at again before publishing."""

from ingestion.settings import Settings
from orchestration import builds, warehouse
from orchestration.warehouse import Reader


def take(reader: Reader) -> dict[str, str]:
    """The seal of every mart, for this engine only."""
    return {table: reader.seal(table) for table in reader.marts()}


def broken(settings: Settings, build_id: str) -> list[str]:
    """Marts that are no longer what the audit of this build saw, or that came or went since; empty when all hold."""
    stored = builds.read(settings, build_id, "hashes")
    if stored is None:
        return ["(no seal was taken)"]
    before = {name: entry["seal"] for name, entry in stored["marts"].items()}
    if not warehouse.exists(settings):
        return sorted(before)
    with warehouse.reading(settings) as reader:
        now = take(reader)
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
