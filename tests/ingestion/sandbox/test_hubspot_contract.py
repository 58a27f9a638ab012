"""Every answer of the sandbox's HubSpot obeys HubSpot's own OpenAPI description."""

from typing import Any

import pytest

from tests.ingestion.sandbox.hubspot_client import Client
from tests.ingestion.sandbox.vendor_contracts import complaints

OBJECTS = (
    ("contacts", "contacts_v3"),
    ("companies", "companies_v3"),
    ("deals", "deals_v3"),
    ("tickets", "tickets_v3"),
    ("calls", "objects_v3"),
    ("meetings", "objects_v3"),
    ("emails", "objects_v3"),
    ("line_items", "line_items_v3"),
    ("products", "objects_v3"),
    ("quotes", "objects_v3"),
)


def check(file: str, schema: str, answer: Any) -> None:
    """Fail with the first deviations from a component of a contract."""
    assert complaints(f"hubspot/{file}.json", schema, answer)[:3] == []


def described(answer: Any) -> Any:
    """The answer with its error words as the description has them: it says objects, the service writes words."""
    for error in answer.get("errors", []):
        error["category"] = {"name": error["category"], "httpStatus": "NOT_FOUND"}
        if "subCategory" in error:
            error["subCategory"] = {"name": error["subCategory"]}
    return answer


def names_of(client: Client, object_type: str) -> list[str]:
    """Every property of an object type."""
    return [item["name"] for item in client.get(f"crm/v3/properties/{object_type}").json()["results"]]


@pytest.mark.parametrize(("object_type", "file"), OBJECTS)
@pytest.mark.parametrize("archived", ["false", "true"])
def test_lists_obey_the_contract(client: Client, object_type: str, file: str, archived: str) -> None:
    asked = {"properties": ",".join(names_of(client, object_type)), "archived": archived, "limit": 50}
    history = "lifecyclestage,hs_lead_status,dealstage,amount,closedate,hubspot_owner_id"
    answer = client.get(f"crm/v3/objects/{object_type}", **asked, propertiesWithHistory=history)
    check(file, "CollectionResponseSimplePublicObjectWithAssociationsForwardPaging", answer.json())


@pytest.mark.parametrize(("object_type", "file"), OBJECTS)
def test_searches_obey_the_contract(client: Client, object_type: str, file: str) -> None:
    answer = client.searched(object_type, limit=100, properties=names_of(client, object_type))
    check(file, "CollectionResponseWithTotalSimplePublicObjectForwardPaging", answer)


@pytest.mark.parametrize(("object_type", "file"), OBJECTS)
def test_batch_reads_obey_the_contract(client: Client, object_type: str, file: str) -> None:
    inputs = [{"id": record["id"]} for record in client.searched(object_type, limit=50)["results"]]
    asked = {"inputs": inputs, "properties": names_of(client, object_type), "propertiesWithHistory": ["dealstage"]}
    answer = client.post(f"crm/v3/objects/{object_type}/batch/read", asked)
    check(file, "BatchResponseSimplePublicObject", answer.json())


def test_partly_failed_batch_reads_obey_the_contract(client: Client) -> None:
    answer = client.post("crm/v3/objects/deals/batch/read", {"inputs": [{"id": "1"}]})
    check("deals_v3", "BatchResponseSimplePublicObjectWithErrors", answer.json())


@pytest.mark.parametrize(
    ("start", "end"),
    [("contacts", "companies"), ("deals", "contacts"), ("deals", "companies"), ("tickets", "companies"),
     ("calls", "contacts"), ("meetings", "contacts"), ("emails", "contacts"),
     ("deals", "line_items"), ("quotes", "deals")],
)  # fmt: skip
def test_associations_obey_the_contract(client: Client, start: str, end: str) -> None:
    inputs = [{"id": record["id"]} for record in client.searched(start, limit=200)["results"]]
    answer = client.post(f"crm/v4/associations/{start}/{end}/batch/read", {"inputs": inputs})
    assert answer.json()["results"]
    check("associations_v4", "BatchResponsePublicAssociationMultiWithLabelWithErrors", described(answer.json()))


@pytest.mark.parametrize("archived", ["false", "true"])
def test_owners_obey_the_contract(client: Client, archived: str) -> None:
    answer = client.get("crm/v3/owners/", limit=2, archived=archived)
    check("crm_owners_v3", "CollectionResponsePublicOwnerForwardPaging", answer.json())


@pytest.mark.parametrize("object_type", ["deals", "tickets"])
def test_pipelines_obey_the_contract(client: Client, object_type: str) -> None:
    answer = client.get(f"crm/v3/pipelines/{object_type}")
    assert answer.json()["results"]
    check("pipelines_v3", "CollectionResponsePipelineNoPaging", answer.json())


def test_property_definitions_obey_the_contract(client: Client) -> None:
    check("properties_v3", "CollectionResponsePropertyNoPaging", client.get("crm/v3/properties/deals").json())


@pytest.mark.parametrize("path", ["crm/v3/objects/nonsense", "crm/v3/objects/deals?limit=500", "crm/v3/nothing"])
def test_errors_obey_the_contract(client: Client, path: str) -> None:
    answer = client.http.get(path)
    assert answer.status_code >= 400
    check("objects_v3", "Error", answer.json())
