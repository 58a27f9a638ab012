"""Checked kinds of values that configuration is made of: secrets, zones, currencies, durations, addresses."""

import os
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

from ingestion.currencies import minor_units
from ingestion.errors import ConfigurationError

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DURATION = re.compile(r"(\d{1,6})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CLOCK_RANGE = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Section(BaseModel):
    """Part of the configuration: a key that it does not know is a mistake, and nothing changes it once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """A reference to a secret: `{ env = "NAME" }` or `{ file = "path" }`. Read only when it is used."""

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _reference(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            raise ValueError('a secret does not stand in this file: write { env = "NAME" } or { file = "path" }')
        if isinstance(value, dict) and value.get("file") and info.context:
            return {**value, "file": Path(info.context["folder"]) / str(value["file"])}
        return value

    @model_validator(mode="after")
    def _one_place(self) -> "Secret":
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret needs either `env` or `file`")
        return self

    def get_secret_value(self) -> str:
        """The secret itself. Raises ConfigurationError when the place is empty."""
        if self.env is not None:
            value = os.environ.get(self.env, "")
            where = f"environment variable {self.env}"
        else:
            assert self.file is not None
            where = f"file {self.file}"
            try:
                value = self.file.read_text(encoding="utf-8").strip()
            except OSError:
                value = ""
        if not value:
            raise ConfigurationError("the secret is not there", where=where, next="Set it and run again")
        return value


@lru_cache(maxsize=64)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _zone(name: str) -> str:
    if not _is_zone(name):
        raise ValueError("not a time zone of the IANA database, such as Europe/Berlin")
    return name


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("not a currency code of ISO 4217, such as USD")
    return code


def _reporting_currency(code: str) -> str:
    if minor_units(_currency(code)) > 2:
        raise ValueError(
            f"{code} has three decimal places and reported amounts have two; report in a currency that has at most two,"
            " such as USD: amounts in others are converted into it"
        )
    return code


def _word(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise ValueError("only lower-case letters, digits and underscores, beginning with a letter")
    return text


def _clock_range(text: str) -> str:
    if not _CLOCK_RANGE.fullmatch(text) or text[:5] >= text[6:]:
        raise ValueError('not a range of times, such as "09:00-17:00"')
    return text


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        if not match:
            raise ValueError('not a duration, such as "36h" or "2d"')
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    return value


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an address such as https://api.example.com (without user and password)")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("http is allowed on this machine only; use https")
    if parts.query or parts.fragment:
        raise ValueError("the address ends before `?` and `#`")
    return url.rstrip("/")


def _inside_folder(text: str) -> str:
    path = Path(text)
    if path.is_absolute() or ".." in path.parts or "\0" in text or text.startswith("~"):
        raise ValueError("the path must be inside the company's folder, relative to the configuration file")
    return text


TimeZone = Annotated[str, AfterValidator(_zone)]
Currency = Annotated[str, AfterValidator(_currency)]
ReportingCurrency = Annotated[str, AfterValidator(_reporting_currency)]
Word = Annotated[str, AfterValidator(_word)]
ClockRange = Annotated[str, AfterValidator(_clock_range)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
FolderPath = Annotated[str, AfterValidator(_inside_folder)]
