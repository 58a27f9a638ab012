"""Faults that change a vendor's answer, or what the vendor holds while it is read."""

import copy
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingestion.sandbox.http_shapes import Request, Response

Change = Callable[[Request, Response, str | None], Response]
Between = Callable[[Mapping[str, Any], str | None], None]

_LISTS = (
    "results", "data", "tickets", "users", "organizations", "audits", "comments", "ticket_metric_events",
    "satisfaction_ratings", "schedules", "holidays",
)  # fmt: skip
_LINKS = ("link", "next_page", "after_url", "url_next")
_TOKENS = ("after", "after_cursor", "nextPageToken")


def _edited(response: Response, edit: Callable[[Any], Any]) -> Response:
    """Return the answer with its JSON body edited; anything but a success stays as it is."""
    if response.status >= 300:
        return response
    body = edit(json.loads(response.body))
    return replace(response, body=json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode())


def _record_lists(body: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (holder, key) of each list of records; Google Ads streams a list of chunks."""
    for holder in body if isinstance(body, list) else [body]:
        if isinstance(holder, dict):
            yield from ((holder, key) for key in _LISTS if isinstance(holder.get(key), list))


def _of_records(edit: Callable[[list[Any]], list[Any]]) -> Change:
    def change(request: Request, response: Response, value: str | None) -> Response:
        def apply(body: Any) -> Any:
            for holder, key in _record_lists(body):
                holder[key] = edit(holder[key])
            return body

        return _edited(response, apply)

    return change


def _reset_mid_body(request: Request, response: Response, value: str | None) -> Response:
    return replace(response, cut_after=len(response.body) // 2)


def _truncated_json(request: Request, response: Response, value: str | None) -> Response:
    return replace(response, body=response.body[: len(response.body) // 2])


def _content_length_long(request: Request, response: Response, value: str | None) -> Response:
    return replace(response, content_length=len(response.body) + 512)


def _content_length_short(request: Request, response: Response, value: str | None) -> Response:
    return replace(response, content_length=max(1, len(response.body) - 20))


def _slow(request: Request, response: Response, value: str | None) -> Response:
    return replace(response, delay_seconds=float(value or 1))


def _empty_source(request: Request, response: Response, value: str | None) -> Response:
    def without_count(body: Any) -> Any:
        if isinstance(body, dict) and isinstance(body.get("count"), dict):  # Zendesk counts at an address of its own
            body["count"]["value"] = 0
        return body

    return _edited(_shrunk(response, lambda records: [], 0), without_count)


def _shrunken_source(request: Request, response: Response, value: str | None) -> Response:
    def keep(records: list[Any]) -> list[Any]:
        return [record for record in records if zlib.crc32(_key(record).encode()) % 10 == 0]

    return _shrunk(response, keep, 10)


def _key(record: Any) -> str:
    return str(record.get("id", record)) if isinstance(record, dict) else str(record)


def _shrunk(response: Response, keep: Callable[[list[Any]], list[Any]], divisor: int) -> Response:
    def edit(body: Any) -> Any:
        for holder, key in _record_lists(body):
            holder[key] = keep(holder[key])
            for count in ("total", "count"):
                if isinstance(holder.get(count), int):
                    holder[count] = holder[count] // divisor if divisor else 0
        return body

    return _edited(response, edit)


def _walk(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        yield body
        for value in body.values():
            yield from _walk(value)
    elif isinstance(body, list):
        for value in body:
            yield from _walk(value)


def _next_other_host(request: Request, response: Response, value: str | None) -> Response:
    def edit(body: Any) -> Any:
        for holder in _walk(body):
            for key in _LINKS:
                if isinstance(holder.get(key), str):
                    holder[key] = value or "http://evil.example/crm/v3/objects?after=1"
        return body

    return _edited(response, edit)


def _stuck_cursor(request: Request, response: Response, value: str | None) -> Response:
    """Answer with the very token that was asked with."""
    asked = next((request.first(name) for name in ("after", "cursor", "page[after]") if request.first(name)), "1")

    def edit(body: Any) -> Any:
        for holder in _walk(body):
            for key in _TOKENS:
                if isinstance(holder.get(key), str):
                    holder[key] = asked
        return body

    return _edited(response, edit)


def _fields(record: Any) -> dict[str, Any]:
    """Return the part of a record that holds its fields."""
    inner = record.get("properties")
    return inner if isinstance(inner, dict) else record


def _per_record(edit: Callable[[dict[str, Any], str], None], default: str) -> Change:
    def change(request: Request, response: Response, value: str | None) -> Response:
        def apply(body: Any) -> Any:
            for holder, key in _record_lists(body):
                for record in holder[key]:
                    if isinstance(record, dict):
                        edit(record, value or default)
            return body

        return _edited(response, apply)

    return change


def _add_field(record: dict[str, Any], value: str) -> None:
    _fields(record)[value] = {"nested": True, "since": 2026} if _fields(record) is record else "new"


def _remove_field(record: dict[str, Any], value: str) -> None:
    (record if value in record else _fields(record)).pop(value, None)


def _set_field(record: dict[str, Any], value: str) -> None:
    """`name=text` puts a text, `name:=json` any JSON value; a name that is not there is left out."""
    name, _, text = value.partition("=")
    new: Any = json.loads(text) if name.endswith(":") else text
    name = name.removesuffix(":")
    holder = record if name in record else _fields(record)
    if name in holder:
        holder[name] = new


def _raw_number(request: Request, response: Response, value: str | None) -> Response:
    """Write a literal that JSON parsers disagree on: `name=1e400`, `name=NaN`, `name=9223372036854775808`."""
    name, _, literal = (value or "amount=1e400").partition("=")
    marked = _per_record(_set_field, "")(request, response, f"{name}=@@raw@@")
    return replace(marked, body=marked.body.replace(b'"@@raw@@"', literal.encode()))


def _duplicated(records: list[Any]) -> list[Any]:
    return records + copy.deepcopy(records)


def _reveal(vendors: Mapping[str, Any], value: str | None) -> None:
    """Let a record that was hidden so far exist."""
    vendors["hubspot"].show(value or "contacts")


def _remove(vendors: Mapping[str, Any], value: str | None) -> None:
    """Let the first record that is still there be gone."""
    vendors["hubspot"].hide(value or "contacts", newest=False)


def stand(vendors: Mapping[str, Any], name: str, value: str | None, *, is_on: bool) -> None:
    """Begin or end a standing condition of the CRM; `value` is an object type."""
    hubspot, object_type = vendors["hubspot"], value or "contacts"
    if name == "same_timestamp":
        hubspot.freeze(object_type, is_on)
    elif is_on and name != "delete_between_pages":
        hubspot.hide(object_type, newest=name == "late_record")
    elif not is_on:
        hubspot.show(object_type)


PER_ANSWER: Mapping[str, Change] = {
    "reset_mid_body": _reset_mid_body,
    "truncated_json": _truncated_json,
    "content_length_long": _content_length_long,
    "content_length_short": _content_length_short,
    "slow": _slow,
    "empty_source": _empty_source,
    "shrunken_source": _shrunken_source,
    "next_other_host": _next_other_host,
    "stuck_cursor": _stuck_cursor,
    "new_field": _per_record(_add_field, "sandbox_new_field"),
    "removed_field": _per_record(_remove_field, "updatedAt"),
    "retyped_field": _per_record(_set_field, "amount=a lot"),
    "raw_number": _raw_number,
    "duplicate_records": _of_records(_duplicated),
}
BETWEEN: Mapping[str, Between] = {"insert_between_pages": _reveal, "delete_between_pages": _remove}
CHANGES: tuple[str, ...] = (*PER_ANSWER, "repeated_next_token")
STANDING: tuple[str, ...] = ("insert_between_pages", "delete_between_pages", "late_record", "same_timestamp")
