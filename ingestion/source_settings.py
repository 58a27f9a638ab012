"""Settings of one source each: what every source has, and what each kind adds."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ingestion.entities import ENTITIES, ENTITY_BY_NAME
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
    pipelines: Mapping[str, PipelineSettings] = {}

    @model_validator(mode="after")
    def _known_words(self) -> "SourceSettings":
        for key in self.values:
            wanted, _, column = key.rpartition(".")
            entities = [ENTITY_BY_NAME[wanted]] if wanted in ENTITY_BY_NAME else ENTITIES if not wanted else []
            if not any(column in entity.column_names for entity in entities):
                raise ValueError(f"`values` has {key!r}, which is no column of an entity")
        return self


class HubSpotSettings(SourceSettings):
    """A HubSpot portal, read with a private app's token."""

    kind: Literal["hubspot"] = "hubspot"
    base_url: BaseUrl = "https://api.hubapi.com"
    access_token: Secret
    properties: Mapping[str, tuple[str, ...]] = {}
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 10


class GoogleAdsSettings(SourceSettings):
    """One Google Ads account, read with a refresh token."""

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


class ZendeskSettings(SourceSettings):
    """A Zendesk account, read with an e-mail address and an API token, or with an OAuth token."""

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


class StripeSettings(SourceSettings):
    """A Stripe account, read with a restricted key."""

    kind: Literal["stripe"] = "stripe"
    base_url: BaseUrl = "https://api.stripe.com"
    api_key: Secret
    api_version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "2020-08-27"
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 25


class FilesSettings(SourceSettings):
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


def _text(word: Any) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)
