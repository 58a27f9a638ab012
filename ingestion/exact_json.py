"""JSON in, exact: what a fast parser would round stays as the text that was sent."""

import json
import re
from typing import Any

import orjson

_MANTISSA_DIGITS = 17
_SHAPE = bytes.maketrans(b"123456789.+-E", b"000000000000e")
_LONG_RUN = b"0" * (_MANTISSA_DIGITS + 1)
_EXPONENT = b"0e0"
_UNSAFE_NUMBER = re.compile(rb"(?:\A|[:\[,])\s*-?(?:\d[\d.]{17}|\d[\d.]*[eE])")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(body: bytes) -> Any:
    """The value of a JSON document.

    Integers and decimals of more than 17 significant digits and numbers with an exponent become text, as do
    NaN and Infinity, which JSON does not know. Lone surrogates become U+FFFD.

    Raises ValueError when the document is not JSON.
    """
    if not _may_be_rounded(body):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    return _parse_exactly(body)


def _may_be_rounded(body: bytes) -> bool:
    shape = body.translate(_SHAPE)
    if _LONG_RUN not in shape and _EXPONENT not in shape:
        return False
    return _UNSAFE_NUMBER.search(body) is not None


def _parse_exactly(body: bytes) -> Any:
    text = body.decode("utf-8", errors="replace")
    value = json.loads(text, parse_int=_integer, parse_float=_decimal, parse_constant=str)
    return _without_surrogates(value) if "\\u" in text else value


def _significant_digits(text: str) -> int:
    return len(text.lstrip("-").replace(".", "").lstrip("0"))


def _integer(text: str) -> int | str:
    return text if _significant_digits(text) > _MANTISSA_DIGITS else int(text)


def _decimal(text: str) -> float | str:
    if "e" in text or "E" in text or _significant_digits(text) > _MANTISSA_DIGITS:
        return text
    return float(text)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value
