"""The data contract of the unified entities: one row shape per entity, whatever the source.

The mapping of files reads it, and a test holds the staging models of files against it. Values that files
give are normalised to text of these types: timestamps as UTC (`2026-01-05T09:00:00Z`), dates as
`2026-01-05`, booleans as `true` and `false`, numbers as plain decimals.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "integer", "boolean", "date", "timestamp", "money", "decimal", "ratio"]


@dataclass(frozen=True)
class Column:
    """One column: `name_column` is the `<thing>_name` that a file may give instead of the id."""

    name: str
    type: Type = "text"
    is_required: bool = False
    default: str | None = None
    vocabulary: tuple[str, ...] = ()
    name_column: str | None = None


@dataclass(frozen=True)
class Entity:
    """One unified entity. `key` columns joined by a bar are the `record_id`.

    `derived_key` is the one key column that may be absent, and the columns it is then made of. `intervals` are pairs of
    columns of which the second must not lie before the first.
    """

    name: str
    domain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    derived_key: tuple[str, tuple[str, ...]] | None = None
    intervals: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of this name, or the id column that `name` stands in for; None when there is none."""
        return next((column for column in self.columns if column.name == name), None)

    def is_always_given(self, name: str) -> bool:
        """Whether a mapped row has a value of this column in any case."""
        column = self.column(name)
        is_derived = self.derived_key is not None and self.derived_key[0] == name
        is_named = column is not None and column.name_column is not None
        return is_derived or bool(column and (column.default or (column.is_required and not is_named)))

    @property
    def column_names(self) -> tuple[str, ...]:
        """All names a file may give: columns, and the names that stand in for ids."""
        names: list[str] = []
        for column in self.columns:
            names.append(column.name)
            if column.name_column and column.name_column not in names:
                names.append(column.name_column)
        return tuple(names)


VERSION_COLUMNS = (
    Column("updated_at", "timestamp"),
    Column("is_deleted", "boolean", default="false"),
    Column("source_url"),
)


def _required(name: str, type: Type = "text", *vocabulary: str, name_column: str | None = None) -> Column:
    return Column(name, type, is_required=True, vocabulary=vocabulary, name_column=name_column)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _words(name: str, *vocabulary: str, default: str | None = None) -> Column:
    return Column(name, vocabulary=vocabulary, default=default)


def _entity(
    name: str,
    domain: str,
    key: str,
    *columns: Column,
    derived_key: tuple[str, tuple[str, ...]] | None = None,
    intervals: tuple[tuple[str, str], ...] = (),
) -> Entity:
    return Entity(name, domain, tuple(key.split()), (*columns, *VERSION_COLUMNS), derived_key, intervals)


_ACCOUNT = Column("account_id", name_column="account_name")
_CAMPAIGN = Column("campaign_id", name_column="campaign_name")
_PRODUCT = Column("product_id", name_column="product_name")
_OWNER = Column("owner_sales_rep_id", name_column="owner_name")
_CURRENCY = _required("currency_code")

PEOPLE = (
    _entity(
        "leads", "marketing", "lead_id",
        _required("lead_id"), Column("email"), _ACCOUNT, _required("created_at", "timestamp"),
        *_texts("source", "source_detail"), _CAMPAIGN, *_texts("country_code", "region", "segment"), _OWNER,
        Column("is_lead", "boolean", default="true"),
    ),
    _entity(
        "lead_events", "marketing", "lead_event_id",
        Column("lead_event_id"), _required("lead_id"),
        _required("event_type", "text", "lead", "mql", "sql", "recycled", "disqualified"),
        _required("occurred_at", "timestamp"), Column("sales_rep_id"),
        derived_key=("lead_event_id", ("lead_id", "event_type", "occurred_at")),
    ),
    _entity(
        "accounts", "sales", "account_id",
        _required("account_id"),
        *_texts(
            "account_name", "domain", "parent_account_id", "country_code", "region", "segment", "industry"
        ),
        Column("employee_count", "integer"), Column("external_id"), _OWNER, Column("created_at", "timestamp"),
    ),
    _entity(
        "record_merges", "sales", "entity merged_id",
        _required("entity", "text", "leads", "accounts", "opportunities", "tickets"),
        _required("merged_id"), _required("survivor_id"), Column("merged_at", "timestamp"),
    ),
    _entity(
        "identity_links", "sales", "entity source_system id",
        _required("entity", "text", "leads", "accounts", "opportunities", "tickets"),
        _required("source_system"), _required("id"), _required("canonical_source_system"),
        _required("canonical_id"),
        _required("reason", "text", "external_id", "email", "domain", "mapping_file"),
    ),
    _entity(
        "sales_reps", "sales", "sales_rep_id valid_from",
        _required("sales_rep_id"), _required("sales_rep_name"),
        *_texts("email", "team", "region", "manager_sales_rep_id"),
        Column("valid_from", "date", default="1900-01-01"), Column("valid_to", "date"),
        Column("employed_from", "date"), Column("employed_to", "date"),
        intervals=(("valid_from", "valid_to"), ("employed_from", "employed_to")),
    ),
)  # fmt: skip

SALES = (
    _entity(
        "pipeline_stages", "sales", "pipeline_id stage_id",
        Column("pipeline_id", default="default"), _required("stage_id"), Column("stage_label"),
        _required("stage_order", "integer"), _required("probability", "ratio"),
        _required("is_closed", "boolean"), _required("is_won", "boolean"),
        Column("is_real", "boolean", default="true"),
    ),
    _entity(
        "opportunities", "sales", "opportunity_id",
        _required("opportunity_id"), Column("opportunity_name"), _ACCOUNT, Column("lead_id"),
        Column("pipeline_id", default="default"), _required("stage"),
        _words("opportunity_type", "new", "expansion", "renewal"), Column("amount", "money"),
        Column("currency_code"), Column("amount_crm_reporting", "money"), Column("probability", "ratio"),
        _words("forecast_category", "omitted", "pipeline", "best_case", "commit", "closed"),
        _required("created_at", "timestamp"), Column("expected_close_date", "date"),
        Column("closed_at", "timestamp"), _OWNER, _CAMPAIGN, *_texts("source", "lost_reason", "next_step"),
    ),
    _entity(
        "opportunity_stage_events", "sales", "opportunity_id entered_at stage_id",
        _required("opportunity_id"), _required("stage_id"), _required("entered_at", "timestamp"),
    ),
    _entity(
        "opportunity_changes", "sales", "opportunity_id field changed_at",
        _required("opportunity_id"),
        _required(
            "field", "text", "amount", "currency_code", "probability", "expected_close_date",
            "owner_sales_rep_id", "account_id",
        ),
        Column("value"), _required("changed_at", "timestamp"),
    ),
    _entity(
        "opportunity_contacts", "sales", "opportunity_id lead_id",
        _required("opportunity_id"), _required("lead_id"), Column("is_primary", "boolean"), Column("role"),
    ),
    _entity(
        "opportunity_accounts", "sales", "opportunity_id account_id",
        _required("opportunity_id"), _required("account_id"), Column("is_primary", "boolean"),
    ),
    _entity(
        "opportunity_splits", "sales", "opportunity_id sales_rep_id",
        _required("opportunity_id"), _required("sales_rep_id"), _required("split_ratio", "ratio"),
    ),
    _entity(
        "opportunity_line_items", "sales", "line_item_id",
        _required("line_item_id"), _required("opportunity_id"),
        _required("product_id", name_column="product_name"), Column("quantity", "decimal"),
        _required("amount", "money"),
    ),
    _entity(
        "products", "sales", "product_id",
        _required("product_id"), _required("product_name"), Column("product_family"),
    ),
    _entity(
        "quotes", "sales", "quote_id",
        _required("quote_id"), _required("opportunity_id"), _required("sent_at", "timestamp"),
        Column("amount", "money"), *_texts("currency_code", "status"),
    ),
    _entity(
        "activities", "sales", "activity_id",
        _required("activity_id"), _required("activity_type", "text", "call", "meeting", "email", "other"),
        _words("direction", "outbound", "inbound", default="outbound"),
        _required("occurred_at", "timestamp"), *_texts("sales_rep_id", "lead_id"), _ACCOUNT,
        Column("opportunity_id"), Column("is_completed", "boolean"),
        Column("is_automated", "boolean", default="false"), Column("duration_minutes", "decimal"),
    ),
)  # fmt: skip

MARKETING = (
    _entity(
        "campaigns", "marketing", "campaign_id",
        _required("campaign_id"), _required("campaign_name"), _required("channel"),
    ),
    _entity(
        "ad_spend", "marketing", "spend_date campaign_id ad_group_id",
        _required("spend_date", "date"), _required("campaign_id", name_column="campaign_name"),
        Column("ad_group_id"), _required("spend_amount", "decimal"), _CURRENCY,
        Column("impressions", "integer"), Column("clicks", "integer"),
        Column("platform_conversions", "decimal"),
    ),
    _entity(
        "touches", "marketing", "touch_id",
        _required("touch_id"), _required("lead_id"), _required("touched_at", "timestamp"), Column("source"),
        _CAMPAIGN, Column("touch_type"),
    ),
    _entity(
        "web_sessions", "marketing", "session_date source medium campaign_name",
        _required("session_date", "date"), *_texts("source", "medium", "campaign_name"),
        _required("sessions", "integer"), Column("visitors", "integer"), Column("new_visitors", "integer"),
        Column("key_events", "integer"), Column("is_sampled", "boolean"), Column("is_thresholded", "boolean"),
    ),
    _entity(
        "web_visitors", "marketing", "period_grain period_start_date source",
        _required("period_grain", "text", "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"),
        _required("period_start_date", "date"), Column("source"), _required("visitors", "integer"),
    ),
    _entity(
        "channel_mapping", "marketing", "source_system source",
        Column("source_system"), _required("source"), _required("channel"), _required("is_paid", "boolean"),
    ),
    _entity(
        "lead_exclusions", "marketing", "rule_type value",
        _required("rule_type", "text", "email_domain", "email", "lead_id"), _required("value"),
        _required("reason"),
    ),
)  # fmt: skip

FINANCE = (
    _entity(
        "subscription_periods", "finance", "subscription_id subscription_item_id valid_from_date",
        _required("subscription_id"), _required("account_id", name_column="account_name"),
        Column("subscription_item_id"), _PRODUCT, _required("valid_from_date", "date"),
        Column("valid_to_date", "date"),
        _required(
            "status", "text", "trialing", "active", "past_due", "unpaid", "paused", "canceled", "incomplete"
        ),
        _required("recurring_amount", "money"), _CURRENCY,
        _required("billing_interval", "text", "day", "week", "month", "year"),
        Column("billing_interval_count", "integer", default="1"),
        derived_key=("subscription_item_id", ("subscription_id",)),
        intervals=(("valid_from_date", "valid_to_date"),),
    ),
    _entity(
        "invoices", "finance", "invoice_id",
        _required("invoice_id"), _required("account_id", name_column="account_name"),
        Column("subscription_id"), _required("invoice_date", "date"), Column("due_date", "date"),
        Column("paid_at", "timestamp"),
        _required("status", "text", "draft", "open", "paid", "void", "uncollectible"),
        _required("net_amount", "money"), Column("tax_amount", "money", default="0"),
        Column("total_amount", "money"), _CURRENCY, Column("billing_reason"),
    ),
    _entity(
        "invoice_lines", "finance", "invoice_line_id",
        _required("invoice_line_id"), _required("invoice_id"), _PRODUCT, _required("amount", "money"),
        Column("quantity", "decimal"), Column("period_start", "date"), Column("period_end", "date"),
        Column("is_proration", "boolean", default="false"), Column("line_type"),
        intervals=(("period_start", "period_end"),),
    ),
    _entity(
        "refunds", "finance", "refund_id",
        _required("refund_id"), _required("invoice_id"), _required("refunded_date", "date"),
        _required("net_amount", "money"), _CURRENCY,
    ),
    _entity(
        "costs", "finance", "cost_id",
        _required("cost_id"), _required("cost_date", "date"),
        _required(
            "category", "text", "sales_pay", "marketing_pay", "commission", "travel", "events", "tools",
            "agency", "content", "media_offline", "media_online", "overhead", "customer_success", "cogs",
            "other",
        ),
        _words("cac_level", "paid", "direct", "loaded", "none"), Column("channel"), _CAMPAIGN,
        *_texts("region", "segment", "team"), _required("amount", "money"), _CURRENCY,
        Column("allocation_ratio", "ratio", default="1"),
    ),
    _entity(
        "targets", "finance", "kpi period_grain period_start_date dimension member",
        _required("kpi"), _required("period_grain"), _required("period_start_date", "date"),
        _required("dimension"), _required("member"), Column("target_value", "decimal"),
        Column("currency_code"), Column("valid_from", "date"), Column("valid_to", "date"),
        Column("baseline_value", "decimal"),
        _words("relative_to", "previous_period", "previous_year", "baseline"), Column("relative_change", "decimal"),
        Column("path_periods", "integer"),
        intervals=(("valid_from", "valid_to"),),
    ),
    _entity(
        "exchange_rates", "finance", "rate_date currency_code",
        _required("rate_date", "date"), _CURRENCY, _required("rate", "decimal"),
    ),
)  # fmt: skip

SERVICE = (
    _entity(
        "tickets", "service", "ticket_id",
        _required("ticket_id"), _required("created_at", "timestamp"), _ACCOUNT, Column("lead_id"),
        _words("ticket_channel", "email", "phone", "chat", "web", "social", "other"),
        _words("opened_by", "customer", "agent"), *_texts("priority", "topic", "agent_id", "agent_group"),
        Column("schedule_id", default="default"), Column("merged_into_ticket_id"),
        Column("vendor_first_reply_minutes", "integer"), Column("vendor_full_resolution_minutes", "integer"),
    ),
    _entity(
        "ticket_events", "service", "ticket_event_id",
        Column("ticket_event_id"), _required("ticket_id"), _required("occurred_at", "timestamp"),
        _required(
            "event_type", "text", "message", "solved", "reopened", "assigned", "sla_due", "sla_met",
            "sla_breached",
        ),
        _words("actor_type", "customer", "agent", "bot"), Column("actor_id"), Column("is_public", "boolean"),
        derived_key=(
            "ticket_event_id",
            ("ticket_id", "occurred_at", "event_type", "actor_type", "actor_id", "is_public"),
        ),
    ),
    _entity(
        "ratings", "service", "rating_id",
        _required("rating_id"), Column("ticket_id"), _ACCOUNT,
        _words("survey_type", "csat", "nps", "ces", default="csat"), _required("offered_at", "timestamp"),
        Column("rated_at", "timestamp"), Column("is_good", "boolean"), Column("score", "decimal"),
        Column("scale_max", "decimal"), Column("agent_id"),
    ),
    _entity(
        "business_hours", "service", "schedule_id weekday opens_at",
        Column("schedule_id", default="default"), _required("time_zone"), _required("weekday", "integer"),
        _required("opens_at"), _required("closes_at"),
    ),
    _entity(
        "holidays", "service", "schedule_id holiday_date",
        Column("schedule_id", default="default"), _required("holiday_date", "date"), Column("holiday_name"),
    ),
)  # fmt: skip

ENTITIES: tuple[Entity, ...] = (*PEOPLE, *SALES, *MARKETING, *FINANCE, *SERVICE)

ENTITY_BY_NAME: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}
