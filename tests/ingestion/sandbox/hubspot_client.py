"""A small client of the sandbox's HubSpot, for its tests."""

from collections.abc import Iterator
from typing import Any

import httpx

from ingestion.sandbox import credentials
from ingestion.sandbox.server import SandboxServer

Json = dict[str, Any]


class Client:
    """Calls the HubSpot of a running sandbox with its token."""

    def __init__(self, server: SandboxServer) -> None:
        token = {"Authorization": f"Bearer {credentials.HUBSPOT_ACCESS_TOKEN}"}
        self.http = httpx.Client(base_url=server.base_url("hubspot"), headers=token, timeout=10)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.http.post(path, json=body)

    def listed(self, object_type: str, **params: Any) -> Iterator[Json]:
        """Every record of a list, page by page."""
        after: str | None = None
        while True:
            asked = params | ({"after": after} if after else {})
            answer = self.get(f"crm/v3/objects/{object_type}", **asked).raise_for_status().json()
            yield from answer["results"]
            after = answer.get("paging", {}).get("next", {}).get("after")
            if after is None:
                return

    def searched(self, object_type: str, **body: Any) -> Json:
        answer: Json = self.post(f"crm/v3/objects/{object_type}/search", body).raise_for_status().json()
        return answer
