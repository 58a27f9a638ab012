"""Rows about whole runs: the build, a run after changes, a run after none, growth."""

from tests.bench import full_runs
from tests.bench.full_runs import FullRun
from tests.bench.measure import Row, funnel, in_turn, median, seconds, work
from tests.bench.plan import GROWTH, Plan

MOST_OF_PLAIN, PLUS_SECONDS = 1.3, 15.0
MOST_AFTER_CHANGES = 0.25
MOST_AFTER_NOTHING = 8.0
MOST_GROWTH = 11.0
_DATA_PART = "data part (extract + load + seconds of dbt's nodes)"


def build(plan: Plan) -> Row:
    """`funnel build` against the same statements in one plain connection."""
    runs = _runs(plan, plan.large().scale)
    through, plain = median([run.built.funnel for run in runs]), median([run.built.plain for run in runs])
    limit = MOST_OF_PLAIN * plain + PLUS_SECONDS
    nodes = median([run.data.nodes for run in runs])
    return Row(
        name="build",
        what="`funnel build` against its statements in one plain connection",
        measured=seconds(through),
        goal=f"≤ {seconds(limit)} ({MOST_OF_PLAIN} × {seconds(plain)} + {PLUS_SECONDS:.0f} s)",
        is_met=through <= limit,
        detail=f"scale {plan.large().scale:g}; {runs[0].built.node_count} models and tests, "
        f"{seconds(nodes)} inside dbt's nodes on two threads",
        value=through,
        limit=limit,
        samples={"funnel": [run.built.funnel for run in runs], "plain": [run.built.plain for run in runs]},
    )


def one_percent(plan: Plan) -> Row:
    """A run after about one record in a hundred has changed, against the full run."""
    company = plan.large()
    runs = _runs(plan, company.scale)
    again = [run.after_changes for run in runs if run.after_changes]
    full, after = median([run.data.seconds for run in runs]), median([part.seconds for part in again])
    share = after / full
    return Row(
        name="one_percent",
        what=f"A run after 1 % of the records changed against the full run, {_DATA_PART}",
        measured=f"{share:.2f}",
        goal=f"≤ {MOST_AFTER_CHANGES}",
        is_met=share <= MOST_AFTER_CHANGES,
        detail=f"scale {company.scale:g}; really {median([run.changed_share for run in runs]):.1%} of "
        f"{runs[0].raw_count:,} records; {again[-1]} against {runs[-1].data}",
        value=share,
        limit=MOST_AFTER_CHANGES,
        samples={"full": [run.data.seconds for run in runs], "after": [part.seconds for part in again]},
    )


def nothing_changed(plan: Plan) -> Row:
    """A run after nothing has changed: what it takes beyond the extraction."""
    company = plan.large()
    known = plan.full_runs.get(company.scale)
    config = company.refresh(known[-1].config.parent) if known else company.place("unchanged")
    funnel(config, "run")
    samples = in_turn(
        {
            "run": lambda: funnel(config, "run"),
            "extract": lambda: float(work("data", config=config)["extract_seconds"]),
        },
        plan.repeats,
    )
    run, extract = median(samples["run"]), median(samples["extract"])
    return Row(
        name="nothing_changed",
        what="`funnel run` after nothing changed, beyond its extraction",
        measured=seconds(run - extract),
        goal=f"≤ {MOST_AFTER_NOTHING:.0f} s",
        is_met=run - extract <= MOST_AFTER_NOTHING,
        detail=f"scale {company.scale:g}; {seconds(run)}, of which extraction {seconds(extract)}",
        value=run - extract,
        limit=MOST_AFTER_NOTHING,
        samples=samples,
    )


def growth(plan: Plan) -> Row:
    """The time of a full run at ten times the scale."""
    small, large = _runs(plan, plan.small().scale), _runs(plan, plan.large().scale)
    before, after = median([run.data.seconds for run in small]), median([run.data.seconds for run in large])
    ratio = after / before
    return Row(
        name="growth",
        what=f"Growth of the full run at {GROWTH} × scale, {_DATA_PART}",
        measured=f"{ratio:.1f} ×",
        goal=f"≤ {MOST_GROWTH:.0f} ×",
        is_met=ratio <= MOST_GROWTH,
        detail=f"scale {plan.small().scale:g} to {plan.large().scale:g}, {small[-1].raw_count:,} to "
        f"{large[-1].raw_count:,} records; {small[-1].data} to {large[-1].data}",
        value=ratio,
        limit=MOST_GROWTH,
        samples={"small": [run.data.seconds for run in small], "large": [run.data.seconds for run in large]},
    )


def _runs(plan: Plan, scale: float) -> list[FullRun]:
    """The full runs of both companies in turn, each large one followed by a run after changes; made once."""
    if not plan.full_runs:
        companies = [plan.large()] if plan.only not in (None, "growth") else [plan.small(), plan.large()]
        for turn in range(plan.repeats):
            for company in companies:
                run = full_runs.full_run(company, f"run-{turn}")
                plan.full_runs.setdefault(company.scale, []).append(run)
            if plan.only in (None, "one_percent"):
                full_runs.run_after_changes(plan.large(), plan.full_runs[plan.large().scale][-1])
    return plan.full_runs[scale]
