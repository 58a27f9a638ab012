"""Numbers and texts that a fast parser would change."""

import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion import exact_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12345678901234567", 12345678901234567),
        ("123456789012345678", "123456789012345678"),
        ("-9223372036854775809", "-9223372036854775809"),
        ("0.30000000000000004", 0.30000000000000004),
        ("0.300000000000000041", "0.300000000000000041"),
        ("1.5", 1.5),
        ("1e400", "1e400"),
        ("-2E-18", "-2E-18"),
        ("1e+5", "1e+5"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ('"1e400"', "1e400"),
        ('", 1e5 :12345678901234567890"', ", 1e5 :12345678901234567890"),
    ],
)
@pytest.mark.parametrize("frame", ['{"a":%s}', '{"a" : \n%s }', "[0,%s]", "[%s]", "%s", " \n%s"])
def test_numbers_are_exact_or_stay_the_text_that_was_sent(frame: str, text: str, value: object) -> None:
    parsed = exact_json.parse((frame % text).encode())
    got = parsed["a"] if isinstance(parsed, dict) else parsed[-1] if isinstance(parsed, list) else parsed
    assert got == value
    assert type(got) is type(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@example("NAN")
def test_every_number_keeps_its_value(value: object) -> None:
    text = json.dumps(value)
    parsed = exact_json.parse(text.encode())
    assert _decimals(parsed) == _decimals(json.loads(text, parse_float=Decimal))


def _decimals(value: object) -> object:
    if isinstance(value, dict):
        return {key: _decimals(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decimals(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    try:
        number = Decimal(value)  # type: ignore[arg-type]
    except ArithmeticError:
        return value
    return value if number.is_nan() else number  # the text "NaN", which would equal nothing


def test_lone_surrogates_become_the_replacement_character_and_can_be_written_again() -> None:
    parsed = exact_json.parse(b'{"a": "x\\ud800y", "\\udc00": ["\\ud83d\\ude00"]}')
    assert parsed == {"a": "x\ufffdy", "\ufffd": ["\U0001f600"]}
    orjson.dumps(parsed)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": [1, 2', b"{'a': 1}"])
def test_what_is_not_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        exact_json.parse(body)
