"""Which fields a pass has lost, gained or changed, against every pass before it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingestion import drift
from ingestion.drift import Drift, FieldObserver, KnownFields

RECORDS = st.lists(
    st.dictionaries(
        st.sampled_from("abc"), st.one_of(st.integers(), st.dictionaries(st.sampled_from("xy"), st.none()))
    ),
    min_size=1,
    max_size=6,
)


def observed(*records: dict[str, Any]) -> FieldObserver:
    observer = FieldObserver()
    for record in records:
        observer.add(record)
    return observer


def compared(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> Drift:
    known = observed(*before)
    return drift.compare(KnownFields(known.types(), known.always), observed(*now))


def test_a_property_that_every_record_had_is_missing_when_none_has_it() -> None:
    full = {"id": "1", "properties": {"amount": "1", "dealname": None}}
    assert compared([full, full], [{"id": "1", "properties": {"dealname": "x"}}]).missing == ("properties.amount",)


def test_a_property_that_only_some_records_had_is_not_missing() -> None:
    before = [{"properties": {"amount": "1", "tier": "a"}}, {"properties": {"amount": "1"}}]
    assert not compared(before, [{"properties": {"amount": "2"}}])
    assert not compared([{"properties": {"amount": "1"}}, {}], [{}])


def test_a_missing_object_is_named_once() -> None:
    assert compared([{"id": 1, "properties": {"amount": 1}}], [{"id": 1}]).missing == ("properties",)


@given(before=RECORDS, now=RECORDS)
def test_missing_is_what_all_had_and_none_has(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
    def fields(record: dict[str, Any]) -> set[str]:
        inner = {f"{name}.{key}" for name, value in record.items() if isinstance(value, dict) for key in value}
        return {*record, *inner}

    lost = set.intersection(*map(fields, before)) - set.union(*map(fields, now))
    found = set(compared(before, now).missing)
    assert found <= lost
    assert {name.partition(".")[0] for name in lost - found} <= found
