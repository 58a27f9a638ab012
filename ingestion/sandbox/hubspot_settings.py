"""HubSpot's owners, pipelines and property definitions."""

from typing import TYPE_CHECKING, Any

from ingestion.sandbox.clock import iso_millis
from ingestion.sandbox.http_shapes import Request
from ingestion.sandbox.hubspot_store import Store
from ingestion.sandbox.pipelines import DEAL_PIPELINES, TICKET_STAGES
from ingestion.sandbox.reps import team_name

if TYPE_CHECKING:
    from ingestion.sandbox.world import World


def owners(world: "World", request: Request) -> dict[str, Any]:
    """Return a page of owners: those employed, or with `archived=true` those who left."""
    now = world.now
    archived = request.first("archived") == "true"
    limit = int(request.first("limit") or 100)
    after = int(request.first("after") or 0)
    shown: list[dict[str, Any]] = []
    for rep in world.sales_force.reps:
        if rep.joined_at > now or rep.is_employed(now) == archived or int(rep.rep_id) < after:
            continue
        changes = [rep.joined_at, *(at for at, _ in rep.moves), *([rep.left_at] if rep.left_at else [])]
        owner: dict[str, Any] = {
            "id": rep.rep_id,
            "email": rep.email,
            "firstName": rep.first_name,
            "lastName": rep.last_name,
            "userId": rep.user_id,
            "createdAt": iso_millis(rep.joined_at),
            "updatedAt": iso_millis(max(at for at in changes if at <= now)),
            "archived": archived,
        }
        team_id = rep.team_at(now)
        owner["teams"] = [{"id": team_id, "name": team_name(team_id), "primary": True}]
        shown.append(owner)
    answer: dict[str, Any] = {"results": shown[:limit]}
    if len(shown) > limit:
        following = shown[limit]["id"]
        answer["paging"] = {"next": {"after": following, "link": f"?after={following}"}}
    return answer


def pipelines(world: "World", object_type: str) -> dict[str, Any]:
    """Return the pipelines of deals or tickets."""
    created = iso_millis(world.start)
    stamps = {"createdAt": created, "updatedAt": created, "archived": False}
    if object_type == "tickets":
        stages = [
            {"id": stage_id, "label": label, "displayOrder": order, "metadata": {"ticketState": state}, **stamps}
            for order, (stage_id, label, state) in enumerate(TICKET_STAGES)
        ]
        return {"results": [{"id": "0", "label": "Support", "displayOrder": 0, "stages": stages, **stamps}]}
    if object_type != "deals":
        return {"results": []}
    results: list[dict[str, Any]] = []
    for order, pipeline in enumerate(DEAL_PIPELINES):
        stages = [
            {
                "id": stage.stage_id,
                "label": stage.label,
                "displayOrder": position,
                "metadata": {"isClosed": str(stage.is_closed).lower(), "probability": stage.probability},
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                **stamps,
            }
            for position, stage in enumerate(pipeline.stages)
        ]
        shown = {"id": pipeline.pipeline_id, "label": pipeline.label, "displayOrder": order}
        results.append({**shown, "stages": stages, **stamps})
    return {"results": results}


def properties(store: Store) -> dict[str, Any]:
    """Return the definitions of an object type's properties."""
    return {
        "results": [
            {
                "name": name,
                "label": name.replace("_", " "),
                "type": _type(name),
                "fieldType": "text",
                "description": "",
                "groupName": f"{store.object_type}information",
                "options": [],
                "archived": False,
            }
            for name in store.property_names
        ]
    }


def _type(name: str) -> str:
    if name.endswith(("date", "timestamp")):
        return "datetime"
    return "number" if name in ("amount", "annualrevenue", "numberofemployees") else "string"
