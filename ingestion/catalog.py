"""Every stream that is loaded, as one table."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ingestion.entities import ENTITIES, Entity

Mode = Literal["incremental", "snapshot", "window"]

_LOOK_BACK = timedelta(minutes=10)


@dataclass(frozen=True)
class Stream:
    """One kind of record of one source.

    `key`, `cursor`, `version`, `deleted` and `required` are dotted paths in the record; a composite key joins
    its paths with a bar. `mode`: `incremental` (deletes only as the source reports them), `snapshot` (a
    complete pass makes tombstones for absent keys), `window` (complete within its dates: tombstones there).
    `version` is the path of the record's own change time where that is not the cursor. `deleted` is a path
    that is true for a deleted record, or `path=word`. A stream with a `parent` is read after it, for its
    changed keys.
    """

    source: str
    entity: str
    key: str
    cursor: str | None
    mode: Mode
    look_back: timedelta = timedelta(0)
    domain: str = ""
    required: tuple[str, ...] = ()
    deleted: str | None = None
    version: str | None = None
    parent: str | None = None

    @property
    def name(self) -> str:
        """`source.entity`, as it is called in messages and reports."""
        return f"{self.source}.{self.entity}"

    @property
    def raw_table(self) -> str:
        """Schema and table of the raw copy."""
        return f"raw_{self.source}.{self.entity}"


def _hubspot(entity: str, domain: str = "sales") -> Stream:
    return Stream(
        "hubspot", entity, "id", "updatedAt", "incremental", _LOOK_BACK, domain,
        required=("properties",), deleted="archived",
    )  # fmt: skip


def _association(entity: str, parent: str) -> Stream:
    return Stream("hubspot", entity, "from.id", None, "incremental", domain="sales", required=("to",), parent=parent)


def _google_ads(entity: str, key: str, *, required: tuple[str, ...] = ()) -> Stream:
    return Stream("google_ads", entity, key, None, "snapshot", domain="marketing", required=required)


def _zendesk(entity: str, *, cursor: str = "updated_at", required: tuple[str, ...] = ()) -> Stream:
    return Stream(
        "zendesk", entity, "id", cursor, "incremental", _LOOK_BACK, "service", required=required,
        deleted="status=deleted" if entity == "tickets" else None,
    )  # fmt: skip


def _ticket_detail(entity: str) -> Stream:
    return Stream(
        "zendesk", entity, "id", None, "incremental", domain="service", version="created_at", parent="tickets"
    )


def _stripe(entity: str, *, required: tuple[str, ...] = (), parent: str | None = None) -> Stream:
    return Stream(
        "stripe", entity, "id", None, "snapshot", domain="finance", required=required, deleted="deleted",
        parent=parent,
    )  # fmt: skip


VENDOR_STREAMS: tuple[Stream, ...] = (
    _hubspot("contacts"),
    _hubspot("companies"),
    _hubspot("deals"),
    _hubspot("tickets", "service"),
    _hubspot("calls"),
    _hubspot("meetings"),
    _hubspot("emails"),
    _hubspot("line_items"),
    _hubspot("products"),
    _hubspot("quotes"),
    Stream("hubspot", "owners", "id", None, "snapshot", domain="sales", deleted="archived",
    version="updatedAt"), Stream("hubspot", "deal_pipelines", "id", None, "snapshot", domain="sales",
    required=("stages",)), _association("contact_companies", "contacts"), _association("deal_contacts",
    "deals"), _association("deal_companies", "deals"), _association("deal_line_items", "deals"),
    _association("quote_deals", "quotes"),
    _association("ticket_companies", "tickets"),
    _association("call_contacts", "calls"), _association("meeting_contacts", "meetings"),
    _association("email_contacts", "emails"), _google_ads("customers", "customer.id",
    required=("customer.currencyCode",)), _google_ads("campaigns", "campaign.id"), Stream( "google_ads",
    "campaign_metrics", "campaign.id|segments.date", "segments.date", "window", timedelta(days=30),
    "marketing", required=("metrics",), ), _zendesk("tickets", required=("created_at", "status")),
    _zendesk("users", required=("role",)), _zendesk("organizations"), _ticket_detail("ticket_audits"),
    _ticket_detail("ticket_comments"), _zendesk("ticket_metric_events", cursor="time",
    required=("ticket_id", "metric", "type")), _zendesk("satisfaction_ratings", required=("score",)),
    Stream("zendesk", "schedules", "id", None, "snapshot", domain="service", required=("intervals",)),
    Stream("zendesk", "holidays", "id", None, "snapshot", domain="service", required=("schedule_id",)),
    _stripe("customers"), _stripe("products", required=("name",)), _stripe("prices", required=("product",
    "currency")), _stripe("subscriptions", required=("customer", "status", "items")), _stripe("invoices",
    required=("status", "total", "currency")), _stripe("invoice_lines", required=("invoice", "amount",
    "currency"), parent="invoices"), _stripe("refunds", required=("amount", "currency", "status")),
    _stripe("credit_notes", required=("invoice", "currency", "status")),
)  # fmt: skip


def _file_stream(entity: Entity) -> Stream:
    """A row of a mapped file is `{"row": as sent, "mapped": unified names}`; `?` marks a key part that may be empty."""
    key = "|".join(f"mapped.{name}" if entity.is_always_given(name) else f"mapped.{name}?" for name in entity.key)
    return Stream(
        "files", entity.name, key, None, "snapshot", domain=entity.domain,
        deleted="mapped.is_deleted=true", version="mapped.updated_at",
    )  # fmt: skip


FILE_STREAMS: tuple[Stream, ...] = tuple(_file_stream(entity) for entity in ENTITIES)

STREAMS: tuple[Stream, ...] = VENDOR_STREAMS + FILE_STREAMS

VENDORS: tuple[str, ...] = tuple(dict.fromkeys(stream.source for stream in VENDOR_STREAMS))


def streams_of(source: str) -> tuple[Stream, ...]:
    """The streams of a vendor (or of `files`), parents before children."""
    mine = [stream for stream in STREAMS if stream.source == source]
    return tuple(sorted(mine, key=lambda stream: stream.parent is not None))


def stream(source: str, entity: str) -> Stream:
    """One stream by its names; KeyError when the catalog does not have it."""
    for candidate in STREAMS:
        if (candidate.source, candidate.entity) == (source, entity):
            return candidate
    raise KeyError(f"{source}.{entity}")
