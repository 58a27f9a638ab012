"""Settings of one source each: what every source has, and what each kind adds."""

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ingestion.entities import ENTITY_BY_NAME
from ingestion.setting_types import BaseUrl, Duration, FolderPath, Secret, Section, TimeZone, Word


class PipelineSettings(Section):
    """`[sources.<name>.pipelines.<id>]`: where an opportunity begins, and whether the pipeline renews."""

    first_real_stage: str | None = None
    is_renewal: bool = False


class SourceSettings(Section):
    """What every source has.

    `allow_stale` lets the rest be published while this source failed, for so long after its last success.
    `values.<column>` maps the source's words to those of the entities.
    """

    kind: str
    enabled: bool = True
    allow_stale: Duration | None = None
    start_date: date | None = None
    values: Mapping[str, Mapping[str, str]] = {}


class SellingSettings(Section):
    """What a source that has opportunities may say of its pipelines."""

    pipelines: Mapping[str, PipelineSettings] = {}


class VendorSettings(SourceSettings):
    """A vendor's source: its models read `values` for the `mapped` columns (entity and column), and no others."""

    mapped: ClassVar[tuple[tuple[str, str], ...]] = ()

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for key in self.values:
            if not self._columns_named(key):
                known = ", ".join(f'"{entity}.{column}"' for entity, column in self.mapped)
                raise ValueError(f"`values` has {key!r}; this source maps words for {known}")
        said = set()
        for entity, column, theirs, ours in self.words:
            vocabulary = _vocabulary(entity, column)
            if vocabulary and ours not in vocabulary:
                raise ValueError(f"`values` makes {theirs!r} {ours!r}; {column} is one of {', '.join(vocabulary)}")
            if (entity, column, _comparable(theirs)) in said:
                raise ValueError(f"`values` names {theirs!r} twice for {entity}.{column}")
            said.add((entity, column, _comparable(theirs)))
        return self

    @property
    def words(self) -> list[tuple[str, str, str, str]]:
        """Entity, column, their word and ours of every mapping."""
        return [
            (entity, column, theirs, ours)
            for key, words in self.values.items()
            for entity, column in self._columns_named(key)
            for theirs, ours in words.items()
        ]

    def _columns_named(self, key: str) -> list[tuple[str, str]]:
        """`opportunity_type` names that column of any entity, `opportunities.opportunity_type` that of one."""
        wanted, _, name = key.rpartition(".")
        return [(entity, column) for entity, column in self.mapped if column == name and wanted in ("", entity)]


def _vocabulary(entity: str, column: str) -> tuple[str, ...]:
    known = ENTITY_BY_NAME[entity].column(column)
    return known.vocabulary if known else ()


def _comparable(word: str) -> str:
    """As the macro `comparable_text` makes it."""
    return unicodedata.normalize("NFC", word.strip(" ")).lower()


class HubSpotSettings(VendorSettings, SellingSettings):
    """A HubSpot portal, read with a private app's token."""

    mapped = (
        ("lead_events", "event_type"),
        ("opportunities", "opportunity_type"),
        ("leads", "campaign_id"),
        ("touches", "campaign_id"),
    )

    kind: Literal["hubspot"] = "hubspot"
    base_url: BaseUrl = "https://api.hubapi.com"
    access_token: Secret
    properties: Mapping[str, tuple[str, ...]] = {}
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 10


class GoogleAdsSettings(VendorSettings):
    """One Google Ads account, read with a refresh token."""

    mapped = (("campaigns", "channel"),)

    kind: Literal["google_ads"] = "google_ads"
    base_url: BaseUrl = "https://googleads.googleapis.com"
    token_url: BaseUrl = "https://oauth2.googleapis.com/token"
    api_version: Annotated[str, Field(pattern=r"^v\d{1,3}$")] = "v26"
    customer_id: Annotated[str, Field(pattern=r"^\d{3}-?\d{3}-?\d{4}$")]
    login_customer_id: Annotated[str, Field(pattern=r"^\d{3}-?\d{3}-?\d{4}$")] | None = None
    developer_token: Secret
    client_id: str
    client_secret: Secret
    refresh_token: Secret
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 5


class ZendeskSettings(VendorSettings):
    """A Zendesk account, read with an e-mail address and an API token, or with an OAuth token."""

    mapped = (("tickets", "ticket_channel"),)

    kind: Literal["zendesk"] = "zendesk"
    base_url: BaseUrl
    email: str | None = None
    api_token: Secret | None = None
    access_token: Secret | None = None
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 10

    @model_validator(mode="after")
    def _one_credential(self) -> "ZendeskSettings":
        if self.access_token is None and (self.email is None or self.api_token is None):
            raise ValueError("give `email` and `api_token`, or `access_token`")
        return self


class StripeSettings(VendorSettings):
    """A Stripe account, read with a restricted key."""

    mapped = (("accounts", "external_id"),)

    kind: Literal["stripe"] = "stripe"
    base_url: BaseUrl = "https://api.stripe.com"
    api_key: Secret
    api_version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "2020-08-27"
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 25

    @model_validator(mode="after")
    def _one_metadata_key(self) -> Self:
        if len(self.words) > 1:
            raise ValueError("`values.external_id` names more than one metadata key")
        return self


class FilesSettings(SourceSettings, SellingSettings):
    """Files of rows of one unified entity.

    `path` may hold wildcards and is relative to the configuration. `columns` names their column for ours,
    `constants` a fixed value for ours, `values` their word for our word per column of ours. `record_id` is
    their column with the entity's key. `source_system` (default: the source's name) lets several files
    share ids. `mode` `snapshot`: rows that are gone from the files are deleted; `incremental`: rows only
    arrive.
    """

    kind: Literal["files"] = "files"
    path: FolderPath
    entity: str
    record_id: str | None = None
    source_system: Word | None = None
    columns: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    mode: Literal["snapshot", "incremental"] = "snapshot"
    format: Literal["csv", "json", "jsonl", "parquet", "excel"] | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal: Literal[".", ","] | None = None
    date_format: str | None = None
    time_zone: TimeZone = "UTC"
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] = 1
    settle: Duration = timedelta(seconds=1)
    max_bytes: Annotated[int, Field(gt=0)] = 2_000_000_000

    @model_validator(mode="before")
    @classmethod
    def _constants_as_text(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("constants"), dict):
            return {**value, "constants": {key: _text(word) for key, word in value["constants"].items()}}
        return value

    @model_validator(mode="after")
    def _known_columns(self) -> "FilesSettings":
        entity = ENTITY_BY_NAME.get(self.entity)
        if entity is None:
            raise ValueError(f"`entity` is none of {', '.join(ENTITY_BY_NAME)}")
        for table, names in (("columns", self.columns), ("constants", self.constants)):
            unknown = sorted(set(names) - set(entity.column_names) - {"monthly_amount"})
            if unknown:
                raise ValueError(f"`{table}` has {unknown[0]!r}, which is no column of {self.entity}")
        if unknown := sorted(set(self.values) - set(entity.column_names)):
            raise ValueError(f"`values` has {unknown[0]!r}, which is no column of {self.entity}")
        return self

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for column, words in self.values.items():
            said = set()
            for theirs, ours in words.items():
                self._check_word(column, ours, f"`values` makes {theirs!r} {ours!r}")
                if _folded(theirs) in said:
                    raise ValueError(f"`values` names {theirs!r} twice for {column}")
                said.add(_folded(theirs))
        for column, word in self.constants.items():
            ours = self.words(column).get(_folded(word), word.strip())
            self._check_word(column, ours, f"`constants` makes {column} {word!r}")
        return self

    def words(self, column: str) -> dict[str, str]:
        """Our words of a column by theirs, as `_folded` makes them: a file's words count in any case."""
        return {_folded(theirs): ours for theirs, ours in self.values.get(column, {}).items()}

    def _check_word(self, column: str, ours: str, what: str) -> None:
        """An empty word is none: the column's default."""
        vocabulary = _vocabulary(self.entity, column)
        if vocabulary and ours and ours.lower() not in vocabulary:
            raise ValueError(f"{what}; {column} is one of {', '.join(vocabulary)}")


def _folded(word: str) -> str:
    return word.strip().casefold()


def _text(word: Any) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)
