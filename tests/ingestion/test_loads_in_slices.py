"""A history that is loaded in slices ends as what the vendors hold, as if it had been loaded at once."""

from datetime import date
from pathlib import Path

import duckdb
import orjson
import pytest

from ingestion.catalog import Stream
from ingestion.extract import extract
from ingestion.load import load
from ingestion.sandbox.server import serve
from ingestion.sandbox.world import World
from ingestion.settings import load_settings
from ingestion.source import Record
from tests.ingestion.company import SECRETS, write_company
from tests.ingestion.test_connectors import VENDORS

SLICES = (date(2026, 1, 15), date(2026, 1, 16), date(2026, 3, 31))


def _current(connection: duckdb.DuckDBPyConnection, stream: Stream) -> dict[str, Record | None]:
    """The newest version of every record; None for a tombstone."""
    rows = connection.execute(
        f"""
        select record_id, payload from {stream.raw_table}
        qualify row_number() over (
            partition by record_id order by extracted_at desc, updated_at desc, payload_hash desc
        ) = 1
        """
    ).fetchall()
    return {record_id: orjson.loads(payload) if payload else None for record_id, payload in rows}


def test_slices_of_a_history_add_up_to_what_every_vendor_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    world = World.create(51, 0.1, SLICES[0])
    with serve(world) as server:
        settings = load_settings(write_company(tmp_path, server))
        for day in SLICES:
            server.advance(day)
            assert [report.error for report in extract(settings) if report.error] == []
            assert [report.reasons for report in load(settings) if report.reasons] == []
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        for build in VENDORS.values():
            vendor = build(tmp_path)
            held = vendor.holdings(world)
            for stream in vendor.streams:
                current = _current(connection, stream)
                gone = set(current) - set(held[stream.entity])
                assert {key: current.get(key) for key in held[stream.entity]} == held[stream.entity], stream.name
                assert not gone or stream.entity in _LEAVING, (stream.name, gone)


_LEAVING = {"contacts", "contact_companies", "deals", "deal_contacts", "deal_companies", "companies", "customers"}
"""Merged records of HubSpot and deleted customers of Stripe leave their vendor's lists."""
