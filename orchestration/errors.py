"""What can go wrong between raw and a publication, one exception per exit code of the command line."""

from collections.abc import Sequence


class PipelineError(Exception):
    """Something a person has to look at; nothing was published."""


class BuildError(PipelineError):
    """A model could not be built. Names the model and what the engine said."""


class EngineError(PipelineError):
    """The warehouse's engine could not do what it was asked; the message is what it said."""


class GateRefused(PipelineError):
    """The gate does not let a build through. Carries every reason, each with what to do."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__("nothing was published: " + "; ".join(self.reasons))


class WrongQuestion(PipelineError):
    """A question that the published numbers cannot answer. Says why, and what can be asked."""


class SourceFailed(PipelineError):
    """At least one enabled source could not be extracted; the others went on."""


class LockedError(PipelineError):
    """Another process holds the lock. The message names it."""


class ServerDoorError(PipelineError):
    """PostgreSQL could not be brought to the published build. Says what, where and what to do next; never a secret."""

    def __init__(self, what: str, *, where: str, next: str) -> None:
        self.what, self.where, self.next = what, where, next
        super().__init__(f"PostgreSQL {where}: {what}; {next}")
