"""No secret of any source is in what an extraction writes or logs, also when sources fail."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion import http
from ingestion.extract import extract
from ingestion.oauth import Basic
from ingestion.sandbox import credentials
from ingestion.sandbox.faults import Fault
from ingestion.sandbox.server import SandboxServer, serve
from ingestion.sandbox.world import World
from ingestion.settings import load_settings
from tests.ingestion import acceptance
from tests.ingestion.company import SECRETS, write_company
from tests.ingestion.http_servers import QUICK

DERIVED = (
    "ya29.sandbox-",
    Basic(f"{credentials.ZENDESK_EMAIL}/token", credentials.ZENDESK_API_TOKEN).authorization().split()[1],
)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, SandboxServer]]:
    """A company's folder whose four sources are the sandbox."""
    monkeypatch.setattr(http, "RetryPolicy", lambda: QUICK)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with serve(World.create(31, 0.05, acceptance.AS_OF)) as server:
        path = write_company(tmp_path, server)
        yield path, server


def _written(folder: Path) -> str:
    texts = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            texts.append(str(pq.read_table(path).to_pylist()))
        elif path.is_file():
            texts.append(path.read_bytes().decode("utf-8", errors="replace"))
    return "\n".join(texts)


@pytest.mark.parametrize("fault", [None, "token_revoked", "server_error", "html_200", "redirect_other_host"])
def test_no_secret_is_in_any_artefact_or_log(
    fault: str | None, company: tuple[Path, SandboxServer], caplog: pytest.LogCaptureFixture
) -> None:
    path, server = company
    caplog.set_level(logging.DEBUG)
    server.switch_faults(*([Fault(fault, after=4, times=None)] if fault else []))
    reports = extract(load_settings(path))
    assert {report.source for report in reports} == {"hubspot", "google_ads", "zendesk", "stripe"}
    assert any(report.error for report in reports) == (fault is not None)
    told = _written(path.parent) + caplog.text + repr(reports)
    for secret in (*SECRETS.values(), *DERIVED):
        assert secret not in told
