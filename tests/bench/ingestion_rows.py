"""Rows about extraction and loading: speed against a bare loop, and memory."""

from tests.bench.company import place_without_vendors
from tests.bench.measure import Row, in_turn, median, seconds, work
from tests.bench.plan import Plan

LEAST_SPEED = 0.5
MOST_MEMORY_MB = 600.0


def speed(plan: Plan) -> Row:
    """Extract + load of HubSpot contacts against a bare loop over the same pages."""
    company = plan.large()
    records: dict[str, int] = {}

    def side(task: str) -> float:
        measured = work(task, config=company.place(f"speed-{task}"))
        records[task] = measured["records"]
        return float(measured["seconds"])

    side("contacts_bare")  # the vendor makes its records when they are first asked for
    samples = in_turn(
        {"pipeline": lambda: side("contacts_pipeline"), "bare": lambda: side("contacts_bare")}, plan.repeats
    )
    pipeline, bare = median(samples["pipeline"]), median(samples["bare"])
    share = (records["contacts_pipeline"] / pipeline) / (records["contacts_bare"] / bare)
    return Row(
        name="contacts_speed",
        what="Extract + load of HubSpot contacts against a bare loop",
        measured=f"{share:.2f} of its speed",
        goal=f"≥ {LEAST_SPEED}",
        is_met=share >= LEAST_SPEED,
        detail=f"{records['contacts_pipeline']:,} contacts (scale {company.scale:g}): "
        f"{seconds(pipeline)} against {seconds(bare)}",
        value=share,
        limit=LEAST_SPEED,
        samples=samples,
    )


def memory(plan: Plan) -> Row:
    """Peak memory of the process that extracts and loads many records."""
    config = place_without_vendors(plan.folder / "memory")
    measured = work("memory", config=config, records=plan.records)
    peak = float(measured["peak_mb"])
    return Row(
        name="memory",
        what=f"Peak memory of extract + load of {plan.records:,} contacts",
        measured=f"{peak:.0f} MB",
        goal=f"< {MOST_MEMORY_MB:.0f} MB",
        is_met=peak < MOST_MEMORY_MB,
        detail=f"one process; after extract {measured['extract_peak_mb']:.0f} MB; extract "
        f"{seconds(measured['extract_seconds'])}, load {seconds(measured['load_seconds'])}; "
        f"{measured['records']:,} rows in raw",
        value=peak,
        limit=MOST_MEMORY_MB,
        samples={name: [measured[name]] for name in ("peak_mb", "extract_seconds", "load_seconds")},
    )
