"""Settings of the optional doors: where else a published build is served, besides its DuckDB file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ingestion.setting_types import Secret, Word

RoleName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\x00]+$")]


class PostgresSettings(BaseModel):
    """`[serving.postgres]`: the server that the marts are copied to.

    `url` refers to a secret such as `postgresql://publisher:password@host:5432/warehouse?sslmode=verify-full`. A role
    that does not exist on the server gets nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Secret
    marts_schema: Annotated[Word, Field(alias="schema")] = "marts"
    meta_schema: Word = "meta"
    reader_role: RoleName | None = "bi_reader"
    analyst_role: RoleName | None = "analyst"
    lock_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 10

    @model_validator(mode="after")
    def _two_schemas(self) -> "PostgresSettings":
        if self.marts_schema == self.meta_schema:
            raise ValueError("`schema` and `meta_schema` must differ")
        return self


class ServingSettings(BaseModel):
    """`[serving]`: the doors besides the file door; one that has no section is closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    postgres: PostgresSettings | None = None
