"""The OpenAPI document is complete and true; every operation survives generated requests."""

import json
import re

from jsonschema import Draft202012Validator
from schemathesis.checks import CheckContext  # noqa: F401
from starlette.routing import Route

from erp.api.actions import addresses_of
from erp.api.application import create_api
from erp.api.describing import openapi_document
from erp.services import platform

DOCUMENT = openapi_document()
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_every_address_of_every_action_is_described():
    described = {(method.upper(), path) for path, method, _ in OPERATIONS}
    for action in platform.list_actions():
        for address in addresses_of(action):
            assert (address.method, address.path) in described, action.name


def test_no_route_below_the_api_is_undescribed():
    described = {path for path, _, _ in OPERATIONS}
    hidden = {"/api/openapi.json", "/api/docs", "/api/docs/{name}", "/api/{path:path}"}
    routes = {r.path for r in create_api().router.routes if isinstance(r, Route)}
    assert {path for path in routes if path.startswith("/api/")} - hidden == described


def test_no_two_actions_share_an_address():
    addresses = [
        (address.method, re.sub(r"{\w+}", "{}", address.path))
        for action in platform.list_actions()
        for address in addresses_of(action)
    ]
    assert len(addresses) == len(set(addresses))


def test_operation_ids_are_unique_and_every_reference_leads_somewhere():
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    text = json.dumps(DOCUMENT)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        found = DOCUMENT
        for part in reference.split("/"):
            found = found[part]


def test_a_command_describes_its_key_its_input_and_its_refusals():
    operation = DOCUMENT["paths"]["/api/erp/parties"]["post"]
    named = {(p["in"], p["name"]): p["required"] for p in operation["parameters"]}
    assert named["header", "Idempotency-Key"] is True
    assert named["query", "dry_run"] is False
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert "idempotency_key" not in body["properties"]
    assert body["additionalProperties"] is False
    assert {"201", "400", "401", "403", "409", "422", "503"} <= operation["responses"].keys()


def test_rows_of_lists_are_typed():
    for action in platform.list_actions("query"):
        if issubclass(action.result_model, platform.Rows):
            schema = action.result_model.model_json_schema(mode="serialization")
            assert schema["properties"]["rows"]["items"], action.name


def test_problems_are_as_described(rest):
    Draft202012Validator(DOCUMENT["components"]["schemas"]["Problem"]).validate(
        rest.get("/api/erp/me").json()
    )


def test_the_page_loads_nothing_from_elsewhere(rest):
    page = rest.get("/api/docs").text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/api/docs/")
        assert rest.get(address).status_code == 200
    assert "<script>" not in page
    assert rest.get("/api/openapi.json").json()["paths"]
