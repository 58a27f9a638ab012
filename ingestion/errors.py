"""The errors that ingestion raises: each says what failed, where, and what to do next."""


class FunnelhouseError(Exception):
    """Base of all expected failures.

    `what` failed, `where` (source, entity, request, file and line), and what to do `next`. The text never
    contains a secret.
    """

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        self.what = what
        self.where = where
        self.next = next
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text}. {next}" if next else text)


class ConfigurationError(FunnelhouseError):
    """The configuration, or a credential it refers to, is wrong: nobody but the operator can mend it."""


class SourceError(FunnelhouseError):
    """A source could not be read now; its state is kept and a later run goes on from there."""


class ProtocolError(SourceError):
    """A source answered, but not as its own documentation says (HTML, an error object, a paging loop)."""


class StateError(FunnelhouseError):
    """The stored extraction state cannot be trusted (a cursor in the future, a damaged manifest)."""


class LockedError(FunnelhouseError):
    """Another run holds the lock; the message names its owner."""
