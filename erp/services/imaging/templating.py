"""Templates of reports: which sections in which order, with which texts; made in versions."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.imaging.events import ProtocolChanged
from erp.services.imaging.printing import LAYOUT, PLACEHOLDERS, Layout, PrintedSection
from erp.services.imaging.protocols import Code, protocol_id_of
from erp.services.platform import (
    Closed,
    Command,
    Identified,
    Query,
    Result,
    ShortText,
    command,
    emit,
    query,
)

MANAGE: Final = "imaging.manage"
ALWAYS: Final = ("patient", "signature")
"""Sections that no report is without: whose it is, and who answers for it."""
MAY_BE_REQUIRED: Final = frozenset(
    {"images", "measurements", "checklist", "comments", "summary", "signature"}
)
Kind = Literal[
    "patient",
    "technique",
    "images",
    "measurements",
    "checklist",
    "comments",
    "summary",
    "addenda",
    "signature",
]
Line = Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Paragraphs = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class TemplateSection(Closed):
    """A section of the report.

    Attributes:
        heading: Instead of the section's usual name.
        is_required: No report is made while it is empty; `signature`: before the sign-off.
        columns: Key images beside each other.
    """

    kind: Kind
    heading: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    is_required: bool = False
    columns: Annotated[int, Field(ge=1, le=3)] = 2


class ReportTemplate(Closed):
    """How a report is laid out; texts may hold placeholders such as `{patient}`.

    Attributes:
        intro, closing: Paragraphs before the first and after the last section.
        header, footer: On every page.
        sections: In the order they are printed.
    """

    title: ShortText = LAYOUT.title
    intro: Paragraphs = ""
    closing: Paragraphs = ""
    header: Line = ""
    footer: Line = ""
    sections: Annotated[tuple[TemplateSection, ...], Field(min_length=1, max_length=9)] = tuple(
        TemplateSection.model_validate({"kind": section.kind}) for section in LAYOUT.sections
    )


class SaveReportTemplate(Command):
    """Make the next version of a protocol's template; an empty code means every other one."""

    code: Code = ""
    template: ReportTemplate


class TryReportTemplate(Command):
    """Keep what one is trying out, so that it can be looked at; no report is made by it."""

    code: Code = ""
    template: ReportTemplate


class TemplateSaved(Result):
    """The version that is in force now."""

    id: UUID
    version: int


class GetReportTemplate(Query):
    """The template of a protocol; an empty code means every other one."""

    code: Code = ""


class TemplateVersion(Result):
    """Who made a version, and when."""

    id: UUID
    version: int
    made_by_name: str
    made_at: datetime


class TemplateDetail(Result):
    """The template in force for a protocol.

    Attributes:
        version: 0 while it has none of its own.
        inherited: Where it has none: `general` for that of every other protocol, or `built_in`.
        versions: Its latest versions, newest first.
        example_id: The latest session of the protocol that holds pictures, to try it on.
    """

    code: str
    version: int
    inherited: str
    template: ReportTemplate
    versions: list[TemplateVersion]
    placeholders: list[str]
    example_id: UUID | None


@command(
    "imaging.save_report_template",
    permission=MANAGE,
    rest="POST /imaging/report-templates",
)
def save_report_template(
    session: Session, ctx: RequestContext, cmd: SaveReportTemplate
) -> TemplateSaved:
    """Make the next version of a template; reports made by an earlier one stay as they are.

    Locks the protocol.

    Raises:
        InvalidInput: A placeholder is not known; sections are doubled, lacking, or cannot be
            required.

    Emits:
        imaging.protocol_changed.v1.
    """
    check_template(cmd.template)
    protocol_id = protocol_id_of(session, ctx, cmd.code)
    row = db.fetch_one(
        session,
        "insert into imaging_template (tenant_id, id, protocol_id, version, content, made_by,"
        " made_by_name, made_at) select %(tenant)s, %(id)s, %(protocol)s,"
        " coalesce(max(version), 0) + 1, %(content)s::jsonb, %(me)s, %(name)s, %(now)s"
        " from imaging_template where tenant_id = %(tenant)s and protocol_id = %(protocol)s"
        " returning id, version",
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "protocol": protocol_id,
            "content": json.dumps(cmd.template.model_dump(mode="json")),
            "me": ctx.user_id,
            "name": ctx.user_name,
            "now": ctx.now,
        },
    )
    changed = ProtocolChanged(protocol_id=protocol_id, code=cmd.code.lower())
    emit(session, ctx, protocol_id, changed)
    return TemplateSaved(**(row or {}))


@command(
    "imaging.try_report_template",
    permission=MANAGE,
    rest="POST /imaging/report-templates/try",
)
def try_report_template(
    session: Session, ctx: RequestContext, cmd: TryReportTemplate
) -> Identified:
    """Keep a template as the actor's trial, in place of an earlier trial of that protocol.

    Raises:
        InvalidInput: It could not be saved as a version either.
    """
    check_template(cmd.template)
    row = db.fetch_one(
        session,
        "insert into imaging_template_trial (tenant_id, id, user_id, code, content, changed_at)"
        " values (%s, %s, %s, %s, %s::jsonb, %s) on conflict (tenant_id, user_id, code)"
        " do update set content = excluded.content, changed_at = excluded.changed_at returning id",
        (
            *(ctx.tenant_id, new_id(), ctx.user_id, cmd.code.lower()),
            *(json.dumps(cmd.template.model_dump(mode="json")), ctx.now),
        ),
    )
    return Identified(**(row or {}))


@query(
    "imaging.get_report_template",
    permission="imaging.view",
    rest="GET /imaging/report-templates",
)
def get_report_template(
    session: Session, ctx: RequestContext, wanted: GetReportTemplate
) -> TemplateDetail:
    """Return how reports of a protocol are laid out, and the versions there were."""
    code = wanted.code.lower()
    row = _in_force(session, ctx, code)
    is_own = row is not None and row["code"] == code
    inherited = "" if is_own else "general" if row else "built_in"
    return TemplateDetail(
        code=code,
        version=row["version"] if row and is_own else 0,
        inherited=inherited,
        template=_template(row),
        versions=_versions(session, ctx, code),
        placeholders=list(PLACEHOLDERS),
        example_id=_example(session, ctx, code),
    )


def template_in_force(
    session: Session, ctx: RequestContext, protocol: str
) -> tuple[UUID | None, ReportTemplate]:
    """Return the version that holds for a protocol now; no id means the built-in one."""
    row = _in_force(session, ctx, protocol.lower())
    return (row["id"] if row else None), _template(row)


def template_of(session: Session, ctx: RequestContext, template_id: UUID | None) -> ReportTemplate:
    """Return one version; the built-in template for none."""
    if template_id is None:
        return ReportTemplate()
    row = db.fetch_one(
        session,
        "select content from imaging_template where tenant_id = %s and id = %s",
        (ctx.tenant_id, template_id),
    )
    return _template(row)


def own_trial(session: Session, ctx: RequestContext, code: str) -> ReportTemplate | None:
    """Return what the actor is trying out for a protocol, if anything."""
    row = db.fetch_one(
        session,
        "select content from imaging_template_trial"
        " where tenant_id = %s and user_id = %s and code = %s",
        (ctx.tenant_id, ctx.user_id, code.lower()),
    )
    return _template(row) if row else None


def check_template(template: ReportTemplate) -> None:
    """Refuse a template that could not be printed.

    Raises:
        InvalidInput: Names the field, what is wrong there, and what is allowed.
    """
    for name in ("title", "intro", "closing", "header", "footer"):
        _check_text(name, getattr(template, name))
    kinds = [section.kind for section in template.sections]
    doubled = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    if doubled:
        _refuse("sections", f"Each section stands once; {', '.join(doubled)} stands twice.")
    lacking = [kind for kind in ALWAYS if kind not in kinds]
    if lacking:
        _refuse("sections", f"No report is without {' and '.join(lacking)}. Put it back.")
    for section in template.sections:
        if section.is_required and section.kind not in MAY_BE_REQUIRED:
            _refuse(
                "sections",
                f"The section {section.kind} cannot be required: it is printed where there is"
                " something to print.",
            )


def laid_out(template: ReportTemplate, facts: Mapping[str, str]) -> Layout:
    """Return the template with its placeholders filled in, as it is printed."""
    texts = {
        name: filled(getattr(template, name), facts)
        for name in ("title", "intro", "closing", "header", "footer")
    }
    sections = tuple(
        PrintedSection(section.kind, section.heading, section.columns)
        for section in template.sections
    )
    return Layout(**texts, sections=sections)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return a text with each known placeholder replaced once; what a fact says stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], found[0]), text)


def _check_text(field: str, text: str) -> None:
    named = re.findall(r"\{([^{}]*)\}", text)
    unknown = [f"{{{name}}}" for name in named if name not in PLACEHOLDERS]
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if unknown:
        _refuse(field, f"{', '.join(unknown)} is no placeholder. There are {known}.")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        _refuse(field, f"A brace stands alone. Braces are for placeholders only: {known}.")


def _refuse(field: str, message: str) -> None:
    raise InvalidInput(message, fields={field: message})


def _in_force(session: Session, ctx: RequestContext, code: str) -> db.Row | None:
    return db.fetch_one(
        session,
        "select made.id, made.version, made.content, known.code"
        " from imaging_template made join imaging_protocol known"
        " on (known.tenant_id, known.id) = (made.tenant_id, made.protocol_id)"
        " where made.tenant_id = %s and known.code in ('', %s)"
        " order by known.code desc, made.version desc limit 1",
        (ctx.tenant_id, code),
    )


def _versions(session: Session, ctx: RequestContext, code: str) -> list[TemplateVersion]:
    rows = db.fetch_all(
        session,
        "select made.id, made.version, made.made_by_name, made.made_at"
        " from imaging_template made join imaging_protocol known"
        " on (known.tenant_id, known.id) = (made.tenant_id, made.protocol_id)"
        " where made.tenant_id = %s and known.code = %s order by made.version desc limit 50",
        (ctx.tenant_id, code),
    )
    return [TemplateVersion(**row) for row in rows]


def _example(session: Session, ctx: RequestContext, code: str) -> UUID | None:
    row = db.fetch_one(
        session,
        "select id from imaging_session where tenant_id = %s and stored > 0"
        " and (%s = '' or lower(protocol) = %s) order by id desc limit 1",
        (ctx.tenant_id, code, code),
    )
    return row["id"] if row else None


def _template(row: Mapping[str, Any] | None) -> ReportTemplate:
    return ReportTemplate.model_validate(row["content"]) if row else ReportTemplate()
