"""What a quick script does: ask for the same pages over one kept connection, parse them, write Parquet."""

from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.settings import HubSpotSettings, Settings

_HISTORY = "lifecyclestage,hs_lead_status,hubspot_owner_id"
_PAGE_SIZE = 50


def contacts(settings: Settings, path: Path) -> int:
    """Write every contact, archived ones as well, to one Parquet file; returns how many there were."""
    source = settings.sources["hubspot"]
    assert isinstance(source, HubSpotSettings)
    headers = {"Authorization": f"Bearer {source.access_token.get_secret_value()}"}
    rows: list[dict[str, Any]] = []
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client:
        base = source.base_url.rstrip("/")
        listed = orjson.loads(client.get(f"{base}/crm/v3/properties/contacts").content)
        names = ",".join(item["name"] for item in listed["results"])
        params = {"limit": str(_PAGE_SIZE), "properties": names, "propertiesWithHistory": _HISTORY}
        for more in ({}, {"archived": "true"}):
            _read(client, f"{base}/crm/v3/objects/contacts", params | more, rows)
    pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd", compression_level=1)
    return len(rows)


def _read(client: httpx.Client, url: str, params: dict[str, str], rows: list[dict[str, Any]]) -> None:
    after: str | None = None
    while True:
        response = client.get(url, params=params | ({"after": after} if after else {}))
        response.raise_for_status()
        answer = orjson.loads(response.content)
        for record in answer["results"]:
            rows.append({"id": record["id"], "updated_at": record["updatedAt"], "payload": orjson.dumps(record)})
        after = answer.get("paging", {}).get("next", {}).get("after")
        if after is None:
            return
