"""What an identity is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """One identity. `query` returns a row per difference; `tables` are the relations that it reads."""

    name: str
    tables: tuple[str, ...]
    query: str

    @property
    def check(self) -> str:
        """The identifier of the check, as it stands in the verdicts."""
        return f"identity.{self.name}"
