"""Settings of the optional doors: where else a published build is served, besides its DuckDB file."""

from typing import Annotated

from pydantic import Field, model_validator

from ingestion.setting_types import Secret, Section, Word

RoleName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\x00]+$")]


class PostgresSettings(Section):
    """`[serving.postgres]`: the server that the marts are copied to.

    `url` refers to a secret such as `postgresql://publisher:password@host:5432/warehouse?sslmode=verify-full`. A role
    that does not exist on the server gets nothing.
    """

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


class ServingSettings(Section):
    """`[serving]`: the doors besides the file door; one that has no section is closed."""

    postgres: PostgresSettings | None = None
