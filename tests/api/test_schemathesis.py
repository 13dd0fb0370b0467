"""Requests generated from the OpenAPI document: never a 5xx, always a described answer."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from erp.api.application import create_api
from erp.api.describing import openapi_document
from erp.core.ids import new_id

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="session")
def api_schema(environment: dict[str, str]) -> schemathesis.BaseSchema:
    """The document as a client fetches it, with the application behind it."""
    assert environment
    return schemathesis.openapi.from_asgi("/api/openapi.json", create_api())


OPERATIONS = [
    (method.upper(), path)
    for path, methods in openapi_document()["paths"].items()
    for method in methods
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_generated_requests_get_described_answers(api_schema, organisations, method, path):
    owner = organisations[0]["owner"]

    @given(case=api_schema[path][method].as_strategy())
    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def generated(case):
        case.headers.update(owner.headers)
        if method != "GET":
            case.headers["Idempotency-Key"] = new_id().hex
        case.validate_response(case.call(), checks=CHECKS)

    generated()
