"""Going through the pages of a source without going in circles."""

from ingestion.errors import ProtocolError


class LoopGuard:
    """Refuses a page token that was seen before in the same pass."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._seen: set[str] = set()

    def check(self, token: str) -> str:
        """The token, when it is new; raises ProtocolError when it is not."""
        if token in self._seen:
            raise ProtocolError("the source repeats a page token: a loop", where=self._where)
        self._seen.add(token)
        return token
