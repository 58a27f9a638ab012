"""dbt's own process: what it says, and what it does not spend time on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dbt.events.types import CommandCompleted, LogStartLine
from dbt_common.events import event_manager_client
from dbt_common.events.base_types import EventLevel, EventMsg
from dbt_common.events.functions import fire_event

from orchestration import launch_dbt


@pytest.fixture
def told() -> Iterator[list[EventMsg]]:
    """The messages that dbt makes of its events."""
    before = event_manager_client.get_event_manager()
    found: list[EventMsg] = []
    launch_dbt.leave_out_what_no_log_shows()
    event_manager_client.add_callback_to_manager(found.append)
    yield found
    event_manager_client.ctx_set_event_manager(before)


def test_event_below_every_log_becomes_no_message(told: list[EventMsg]) -> None:
    quiet = CommandCompleted(command="dbt build", success=True, elapsed=1.0)
    assert quiet.level_tag() == EventLevel.DEBUG
    fire_event(quiet)
    assert told == []
    fire_event(quiet, level=EventLevel.WARN)
    fire_event(LogStartLine(description="sql view model", index=1, total=2))
    assert [(message.info.name, message.info.level) for message in told] == [
        ("CommandCompleted", "warn"),
        ("LogStartLine", "info"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "is_debugged"),
    [
        ("DBT_LOG_LEVEL_FILE", "debug", True),
        ("DBT_LOG_LEVEL", "DEBUG", True),
        ("DBT_DEBUG", "true", True),
        ("DBT_LOG_LEVEL_FILE", "info", False),
        ("DBT_DEBUG", "false", False),
    ],
)
def test_who_asks_for_every_statement_gets_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, is_debugged: bool
) -> None:
    for other in ("DBT_LOG_LEVEL_FILE", "DBT_LOG_LEVEL", "DBT_DEBUG"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    assert launch_dbt.is_debugged() == is_debugged
