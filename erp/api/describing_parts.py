"""Parts of the OpenAPI document that every route shares."""

from typing import Any

Schema = dict[str, Any]
STATUSES = {
    "400": "The request cannot be read",
    "401": "No valid token or session",
    "403": "A permission is missing",
    "404": "No such thing in this organisation",
    "409": "It changed, is taken, or needs a confirmation",
    "413": "The body is larger than 1 MB, or a file than 5 MB",
    "415": "The body is not JSON, or a file is not sent as it is",
    "422": "A value is not acceptable; `errors` names the fields",
    "429": "Too many refused credentials from this address",
    "503": "Busy or away; nothing happened, try again",
}
NOT_ACCEPTABLE = {"406": "Nothing that the caller accepts can be sent"}
BINARY: Schema = {"schema": {"type": "string", "format": "binary"}}


def parameter(place: str, name: str, schema: Schema, *, required: bool = True) -> Schema:
    """Describe a parameter; `place` is `path`, `query` or `header`."""
    return {"in": place, "name": name, "required": required, "schema": schema}


def get_route(name: str, summary: str, parameters: list[Schema], content: Schema) -> Schema:
    """Describe a route that is read; `content` is its answer by media type."""
    answers = {"200": {"description": "The answer", "content": content}}
    refusals = {code: {"$ref": f"#/components/responses/{code}"} for code in STATUSES}
    operation = {
        "operationId": name,
        "tags": ["files and search"],
        "summary": summary,
        "parameters": parameters,
        "responses": answers | refusals,
    }
    return {"get": operation}


def file_route(name: str, summary: str, parameters: list[Schema]) -> Schema:
    """Describe a route that takes a file as its body."""
    made: Schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "is_known": {"type": "boolean"}},
    }
    named = parameter("query", "file_name", {"type": "string"}, required=False)
    described = get_route(name, summary, [*parameters, named], {})["get"]
    described["responses"].pop("200")
    described["responses"]["201"] = {
        "description": "Kept",
        "content": {"application/json": {"schema": made}},
    }
    described["requestBody"] = {
        "required": True,
        "content": {"application/octet-stream": BINARY},
    }
    return {"post": described}
