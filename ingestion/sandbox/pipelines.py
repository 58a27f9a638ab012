"""The deal and ticket pipelines of the simulated CRM. Labels lie on purpose; the metadata decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `probability` as the CRM writes it."""

    stage_id: str
    label: str
    probability: str
    is_closed: bool

    @property
    def is_won(self) -> bool:
        """Closed with certainty."""
        return self.is_closed and self.probability == "1.0"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline; the last two stages are won and lost."""

    pipeline_id: str
    label: str
    stages: tuple[Stage, ...]

    @property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages in which a deal is open, in order."""
        return tuple(stage for stage in self.stages if not stage.is_closed)

    @property
    def won(self) -> str:
        """The id of the won stage."""
        return next(stage.stage_id for stage in self.stages if stage.is_won)

    @property
    def lost(self) -> str:
        """The id of the lost stage."""
        return next(stage.stage_id for stage in self.stages if stage.is_closed and not stage.is_won)

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by id; raises KeyError."""
        return {stage.stage_id: stage for stage in self.stages}[stage_id]


SALES = Pipeline(
    "default",
    "Sales pipeline",
    (
        Stage("appointmentscheduled", "Qualified", "0.2", False),
        Stage("qualifiedtobuy", "Proposal", "0.4", False),
        Stage("presentationscheduled", "Closed Lost", "0.6", False),
        Stage("contractsent", "Closed Won - paperwork", "0.9", False),
        Stage("closedwon", "Success", "1.0", True),
        Stage("closedlost", "No decision", "0.0", True),
    ),
)
RENEWALS = Pipeline(
    "renewals",
    "Renewals",
    (
        Stage("renewaldue", "Due", "0.7", False),
        Stage("renewaltalks", "In talks", "0.8", False),
        Stage("renewed", "Renewed", "1.0", True),
        Stage("notrenewed", "Not renewed", "0.0", True),
    ),
)
DEAL_PIPELINES = (SALES, RENEWALS)

TICKET_STAGES: tuple[tuple[str, str, str], ...] = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)


def deal_pipeline(pipeline_id: str) -> Pipeline:
    """Return a deal pipeline by id; raises KeyError."""
    return {pipeline.pipeline_id: pipeline for pipeline in DEAL_PIPELINES}[pipeline_id]
