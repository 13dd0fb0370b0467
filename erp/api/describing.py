"""The OpenAPI document and the page that shows it, made from the registry."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import cast

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from erp.api.actions import BASE, KEY_FIELD, Address, addresses_of, success_status
from erp.api.describing_dicomweb import dicomweb_paths
from erp.api.describing_files import file_paths
from erp.api.describing_gateways import gateway_paths
from erp.api.describing_messages import message_paths
from erp.api.describing_papers import paper_paths
from erp.api.describing_parts import (
    BINARY,
    NOT_ACCEPTABLE,
    STATUSES,
    Schema,
    get_route,
    parameter,
)
from erp.api.exporting import XLSX
from erp.services import platform

TITLE = "Vantage ERP"
VERSION = "1"
_REF = "#/components/schemas/{model}"
_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do about it."},
        "code": {"type": "string", "description": "Stable name of the refusal."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "A message per field.",
            "additionalProperties": {"type": "string"},
        },
        "confirm": {
            "type": "string",
            "description": "Repeat the command with this in the Confirm header to override.",
        },
        "details": {"type": "object", "additionalProperties": True},
    },
}

_HIT: Schema = {
    "type": "object",
    "required": ["kind", "id", "title", "subtitle"],
    "properties": {name: {"type": "string"} for name in ("kind", "id", "title", "subtitle")},
}
_SWAGGER = Path(__file__).parent / "swagger"
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
_START = f"""SwaggerUIBundle({{url: "/api/openapi.json", dom_id: "#docs", deepLinking: true,
  docExpansion: "none", filter: true, tryItOutEnabled: false, validatorUrl: null}});
document.title = "{TITLE} API";
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vantage ERP API</title><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><main id="docs"></main>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script>
</body></html>
"""


@cache
def openapi_document() -> Schema:
    """Return the OpenAPI 3.1 document of every route of every action."""
    actions = platform.list_actions()
    references, definitions = _schemas(actions)
    paths: dict[str, Schema] = {}
    for action in actions:
        for address in addresses_of(action):
            operation = _operation(action, address, references, definitions)
            paths.setdefault(address.path, {})[address.method.lower()] = operation
    for path, methods in _other_paths().items():
        paths.setdefault(path, {}).update(methods)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": _introduction()},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**definitions, "Problem": _PROBLEM},
            "responses": _problem_responses(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "vt_..."}
            },
        },
        "security": [{"bearer": []}],
    }


def describing_routes() -> list[Route]:
    """Return the routes of the document and the page, all served from here."""
    return [
        Route("/api/openapi.json", _document),
        Route("/api/docs", _page),
        Route("/api/docs/{name}", _asset),
    ]


async def _document(_request: Request) -> Response:
    return Response(_document_text(), media_type="application/json")


@cache
def _document_text() -> str:
    return json.dumps(openapi_document(), ensure_ascii=False, separators=(",", ":"))


async def _page(_request: Request) -> Response:
    return HTMLResponse(_PAGE)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _ASSETS:
        return Response("Not found", 404, media_type="text/plain")
    path = _SWAGGER / name
    headers = {"cache-control": "public, max-age=86400"}
    return FileResponse(path, media_type=_ASSETS[name], headers=headers)


def _schemas(actions: list[platform.Action]) -> tuple[dict[tuple[type, str], str], Schema]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for action in actions:
        wanted[action.input_model, "validation"] = None
        wanted[action.result_model, "serialization"] = None
    references, found = models_json_schema(list(wanted), ref_template=_REF)
    names: dict[tuple[type, str], str] = {}
    for (model, mode), reference in references.items():
        names[cast("type", model), mode] = reference["$ref"].rpartition("/")[2]
    definitions: Schema = found.get("$defs", {})
    for (_, purpose), name in names.items():
        if purpose == "serialization":
            _show_secrets(definitions[name])
    return names, definitions


def _show_secrets(answer: Schema) -> None:
    """Describe a secret that an answer shows once as the text it is."""
    for schema in answer.get("properties", {}).values():
        schema.pop("writeOnly", None)


def _operation(
    action: platform.Action,
    address: Address,
    references: dict[tuple[type, str], str],
    definitions: Schema,
) -> Schema:
    given = copy.deepcopy(definitions[references[action.input_model, "validation"]])
    properties: Schema = given.get("properties", {})
    properties.pop(KEY_FIELD, None)
    parameters = [parameter("path", name, properties.pop(name)) for name in address.path_fields]
    required = [name for name in given.get("required", ()) if name in properties]
    operation: Schema = {
        "operationId": action.name
        if len(addresses_of(action)) == 1
        else f"{address.method.lower()}:{action.name}",
        "tags": [action.domain],
        "summary": action.summary.rstrip("."),
        "description": _description(action),
        "parameters": parameters,
        "responses": _responses(action, address, references),
        "x-permission": action.permission or None,
    }
    if address.method == "GET":
        parameters += [
            parameter("query", name, schema, required=name in required)
            for name, schema in properties.items()
        ]
        return operation
    if action.kind == "command":
        parameters += _command_parameters()
    given |= {"properties": properties, "required": required, "title": given.get("title", "Input")}
    operation["requestBody"] = {
        "required": bool(required),
        "content": {"application/json": {"schema": given}},
    }
    return operation


def _command_parameters() -> list[Schema]:
    key: Schema = {
        "type": "string",
        "minLength": 8,
        "maxLength": 128,
        "pattern": "^[\\x21-\\x7e]+$",
        "description": "Chosen by the caller; the command takes effect once per key.",
    }
    confirm: Schema = {
        "type": "string",
        "pattern": "^[a-z0-9_,. ]*$",
        "description": "Codes of refusals to override, separated by commas.",
    }
    return [
        parameter("header", "Idempotency-Key", key),
        parameter("header", "Confirm", confirm, required=False),
        parameter("query", "dry_run", {"type": "boolean", "default": False}, required=False),
    ]


def _responses(
    action: platform.Action, address: Address, references: dict[tuple[type, str], str]
) -> Schema:
    name = references[action.result_model, "serialization"]
    answer: Schema = {"$ref": _REF.format(model=name)}
    if action.kind == "command":
        preview = {
            "type": "object",
            "required": ["result", "effects"],
            "properties": {"result": answer, "effects": {"type": "array", "items": {}}},
        }
        with_preview: Schema = {"anyOf": [answer, preview]}
    else:
        with_preview = answer
    status = success_status(action, address)
    shown = with_preview if status == 200 else answer  # noqa: PLR2004  HTTP
    responses: Schema = {str(status): _success("The answer", shown)}
    if action.kind == "command" and status != 200:  # noqa: PLR2004  HTTP
        responses["200"] = _success("The preview of a dry run", with_preview)
    return responses | {code: {"$ref": f"#/components/responses/{code}"} for code in STATUSES}


def _success(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _problem_responses() -> Schema:
    schema = {"$ref": _REF.format(model="Problem")}
    content = {"application/problem+json": {"schema": schema}}
    named = STATUSES | NOT_ACCEPTABLE
    return {code: {"description": text, "content": content} for code, text in named.items()}


def _description(action: platform.Action) -> str:
    text = (action.handler.__doc__ or "").strip()
    needed = f"Needs the permission `{action.permission}`." if action.permission else ""
    return "\n\n".join(part for part in (text, needed) if part)


def _introduction() -> str:
    return (
        "Every action of the product. Send `Authorization: Bearer vt_...`. Commands need an"
        " `Idempotency-Key` header: repeat it with every retry, and the stored answer comes back"
        " byte for byte with `Idempotent-Replayed: true`. `?dry_run=true` shows what a command"
        " would do. Lists are paged by `cursor`. Refusals are RFC 9457 problem documents."
    )


def _other_paths() -> dict[str, Schema]:
    """Describe the routes that are not made from an action."""
    an_id: Schema = {"type": "string", "format": "uuid"}
    flag: Schema = {"type": "boolean", "default": False}
    hits: Schema = {
        "type": "object",
        "required": ["hits"],
        "properties": {"hits": {"type": "array", "items": _HIT}},
    }
    return {
        f"{BASE}/search": get_route(
            "search",
            "Products, parties, documents and commands by words, for the command palette",
            [parameter("query", "q", {"type": "string", "maxLength": 100}, required=False)],
            {"application/json": {"schema": hits}},
        ),
        f"{BASE}/export/{{file}}": get_route(
            "export",
            "Any list as a file: the query's name with .csv or .xlsx, and its own parameters",
            [parameter("path", "file", {"type": "string"})],
            {"text/csv": BINARY, XLSX: BINARY},
        ),
        f"{BASE}/documents/{{document_id}}": get_route(
            "download_document",
            "The bytes of a stored document",
            [
                parameter("path", "document_id", an_id),
                parameter("query", "inline", flag, required=False),
            ],
            {"*/*": BINARY},
        ),
        **file_paths(an_id),
        **paper_paths(an_id),
        **dicomweb_paths(),
        **gateway_paths(),
        **message_paths(),
    }
