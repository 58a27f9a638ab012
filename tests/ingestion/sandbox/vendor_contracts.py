"""The vendors' own descriptions of their answers, as JSON Schema validators; absent descriptions skip the test."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

CONTRACTS = Path(__file__).parents[3].parent / "shared" / "contracts"


class _TolerantLoader(yaml.CSafeLoader):
    """Reads Zendesk's YAML, whose examples hold a bare `=`."""


_TolerantLoader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


def contract(name: str) -> Path:
    """Return the path of a vendor's description; skips the test when it is not there."""
    path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"the vendor's description is not here: shared/contracts/{name}")
    return path


@cache
def _registry(name: str) -> Registry[Any]:
    text = contract(name).read_bytes()
    document = json.loads(text) if name.endswith(".json") else yaml.load(text, _TolerantLoader)
    schemas = _as_json_schema({"components": {"schemas": document["components"]["schemas"]}})
    return Registry().with_resource("urn:vendor", Resource(contents=schemas, specification=DRAFT202012))


def validator(name: str, schema: str) -> Draft202012Validator:
    """Return a validator of one named schema of an OpenAPI description."""
    return Draft202012Validator({"$ref": f"urn:vendor#/components/schemas/{schema}"}, registry=_registry(name))


def complaints(name: str, schema: str, value: Any) -> list[str]:
    """Return what the description objects to, each as `path: message`."""
    errors = validator(name, schema).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def _as_json_schema(node: Any) -> Any:
    """Turn OpenAPI 3.0's `nullable` into a choice with null, at every depth."""
    if isinstance(node, list):
        return [_as_json_schema(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _as_json_schema(entry) for key, entry in node.items() if key not in ("example", "examples")}
    if changed.pop("nullable", False) is True:
        return {"anyOf": [{"type": "null"}, changed]}
    return changed
