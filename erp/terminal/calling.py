"""Every action of the product from a terminal."""

import json
from dataclasses import replace

from pydantic import ValidationError
from pydantic_core import to_json

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired, DomainError, InvalidInput, NotFound
from erp.core.ids import new_id
from erp.core.telemetry import configure_logging
from erp.embedded.beside import use_running_stack
from erp.services import catalogue_of_actions, identity, platform

__all__ = ["Misused", "Refused", "answer", "catalogue_of_actions", "described_actions"]


class Refused(Exception):
    """The action refused; the text is a JSON document for standard error."""


class Misused(Exception):
    """The command line itself was wrong."""


def answer(
    name: str, given: str, tenant: str, login: str, confirm: tuple[str, ...], *, is_preview: bool
) -> str:
    """Run an action and return its answer as indented JSON.

    Raises:
        Refused: The action refused, or the input does not fit it.
        Misused: The input is not JSON.
    """
    use_running_stack()
    configure_logging("WARNING")  # a refusal is printed, so it needs no line of the log
    try:
        ctx = _context(tenant, login)
        return _answer(name, ctx, given, confirm, is_preview=is_preview)
    except (ValidationError, DomainError) as error:
        raise Refused(_refusal(error)) from None
    except json.JSONDecodeError as error:
        raise Misused(f"The input is not JSON: {error}.") from None


def described_actions(wanted: str) -> list[str]:
    """Return two lines for every action whose name holds a text, and one with their number."""
    found = [action for action in platform.list_actions() if wanted in action.name]
    lines = []
    for action in found:
        asked = action.permission or "anyone signed in"
        lines.append(f"{action.kind:8}{action.name:40}{asked:22}{action.rest}")
        lines.append(f"        {action.summary}")
    return [*lines, f"{len(found)} actions"]


def _answer(
    name: str, ctx: RequestContext, given: str, confirm: tuple[str, ...], *, is_preview: bool
) -> str:
    body = json.loads(given, parse_float=str)
    if not isinstance(body, dict):
        raise InvalidInput("The input must be a JSON object, such as {}.")
    if is_preview:
        shown = platform.preview(name, ctx, body, confirm=confirm)
        text = to_json({"result": shown.result, "effects": shown.effects}).decode()
    else:
        text = platform.run(name, ctx, body, confirm=confirm).text
    return json.dumps(json.loads(text, parse_float=str), indent=2, ensure_ascii=False)


def _context(slug: str, login: str) -> RequestContext:
    place = _place(slug)
    system = identity.system_context(
        place.tenant_id, place.company_id, place.branch_id, place.time_zone
    )
    request_id = f"cli-{new_id()}"
    if not login:
        return replace(system, request_id=request_id)
    return identity.context_for(_member(system, login), source="cli", request_id=request_id)


def _member(system: RequestContext, login: str) -> identity.Principal:
    found = platform.run("identity.list_members", system, {"search": login}).result
    assert isinstance(found, identity.MemberPage)  # noqa: S101  what that query answers
    for row in found.rows:
        if row.login == login.lower():
            with db.unit_of_work(system) as session:
                return identity.get_approver(session, system, row.id)
    raise NotFound(f"There is no member {login} in this organisation.")


def _place(slug: str) -> identity.TenantPlace:
    places = [p for p in identity.list_tenants() if not slug or p.slug == slug]
    if not places:
        raise NotFound(f"There is no tenant {slug}." if slug else "There is no tenant yet.")
    if len(places) > 1:
        known = ", ".join(place.slug for place in places)
        raise InvalidInput(f"Say which tenant with --tenant: {known}.")
    return places[0]


def _refusal(error: ValidationError | DomainError) -> str:
    if isinstance(error, ValidationError):
        problems = error.errors(include_input=False, include_url=False)
        fields = {".".join(map(str, p["loc"])) or "input": p["msg"] for p in problems}
        body: dict[str, object] = {"code": "invalid_input", "errors": fields}
    else:
        body = {"code": error.code, "detail": error.message, "errors": error.fields}
        if isinstance(error, ConfirmationRequired):
            body["confirm"] = error.code
    return json.dumps(body, indent=2, ensure_ascii=False)
