"""What is looked at when goods come: checklists, their form, and the points of a delivery's line."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    data_table,
    empty_state,
    field,
    icon_button,
    lined_form,
    link_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.catalog.wording import FORMS
from erp.state.inventory.quality import (
    GENERAL,
    KINDS,
    PLAN,
    ChecklistFormState,
    CheckListState,
    ChecklistState,
)
from erp.state.inventory.stock import VIEW


@page(
    route="/stock/checklists",
    title="Quality checklists",
    permission=VIEW,
    nav=Nav("Quality", "clipboard-check", group="Stock", order=35),
    parent="/stock",
    on_load=[ChecklistState.open_checklists],
)
def checklists_page() -> rx.Component:
    """Show the checklists in force."""
    state = ChecklistState
    add = rx.cond(
        state.may_plan, link_button("New checklist", "/stock/checklists/edit", icon="plus")
    )
    none = empty_state(
        "clipboard-check",
        "Nothing is looked at yet",
        "Say what must hold when goods come; what fails goes into quarantine by itself.",
        add,
    )
    shown = rx.el.div(rx.foreach(state.checklists, _checklist), class_name="grid")
    return rx.fragment(
        page_header(
            "Quality checklists",
            "Asked of each lot that comes in. A form's own list comes before the general one.",
            add,
        ),
        rx.cond(
            state.is_loading, page_skeleton(), rx.cond(state.checklists.length() > 0, shown, none)
        ),
    )


def _checklist(row: Any) -> rx.Component:
    def point(one: Any) -> rx.Component:
        words = rx.el.span(one["words"], class_name="detail")
        return rx.el.li(rx.el.div(one["question"], words), key=one["id"])

    change = rx.cond(
        ChecklistState.may_plan,
        link_button("Next version", row["href"], look="outline", icon="pencil"),
    )
    return card(
        rx.el.ol(rx.foreach(ChecklistState.points[row["id"]], point), class_name="fact-lines"),
        rx.el.p(row["words"], class_name="hint"),
        title=f"{row['form']}: {row['name']}",
        subtitle=f"{row['count']}",
        actions=(change,),
        span=6,
    )


@page(
    route="/stock/checklists/edit",
    title="Checklist",
    permission=PLAN,
    parent="/stock/checklists",
    command="inventory.set_checklist",
    on_load=[ChecklistFormState.open_checklist],
)
def checklist_page() -> rx.Component:
    """Make the next version of a checklist."""
    state = ChecklistFormState
    errors = state.field_errors
    choice = select_field("Asked of", "form", [("", GENERAL), *FORMS.items()], errors=errors)
    fixed = field(
        "Asked of",
        rx.el.input(
            value=rx.cond(state.form_of == "", GENERAL, state.form_of.replace("_", " ")),
            read_only=True,
            class_name="input",
            id="form",
            name="shown_form",
        ),
        name="form",
        errors=errors,
    )
    head = rx.el.div(
        rx.cond(state.is_known, fixed, choice),
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            default_value=state.name,
            placeholder="At the door",
            max_length=120,
        ),
        class_name="form-grid two",
    )
    form = lined_form(
        state,
        card(head, title="Checklist"),
        card(
            rx.el.ol(rx.foreach(state.lines, _typed_point), class_name="goods"),
            rx.el.div(
                button("Add a point", icon="plus", on_click=state.add_point), class_name="adder"
            ),
            title="Points",
        ),
        back="/stock/checklists",
        submit="Save version",
        icon="check",
    )
    return rx.fragment(
        page_header(
            "Checklist",
            "What was found by an older version stays as it was. Without points nothing is asked.",
        ),
        rx.cond(state.is_loading, page_skeleton(), form),
    )


def _typed_point(line: Any) -> rx.Component:
    state = ChecklistFormState
    errors = state.field_errors

    def named(part: str) -> Any:
        return line["id"] + f".{part}"

    plain = {"errors": errors, "auto_complete": "off"}
    kind = rx.el.select(
        *[rx.el.option(label, value=value) for value, label in KINDS.items()],
        name=named("kind"),
        id=named("kind"),
        class_name="input",
        default_value=line["kind"],
    )
    needed = rx.el.select(
        rx.el.option("Required", value="true"),
        rx.el.option("Not required", value="no"),
        name=named("is_required"),
        id=named("is_required"),
        class_name="input",
        default_value=rx.cond(line["required"] != "", "true", "no"),
    )
    limits = [
        text_field(label, named(part), default_value=line[part], max_length=20, **plain)
        for label, part in (("Least", "minimum"), ("Most", "maximum"), ("Unit", "unit"))
    ]
    return rx.el.li(
        rx.el.div(
            text_field(
                "Question",
                named("question"),
                required=True,
                default_value=line["question"],
                placeholder="Seal is intact",
                max_length=120,
                **plain,
            ),
            field("Answer", kind, name=named("kind"), errors=errors),
            field("Must hold", needed, name=named("is_required"), errors=errors),
            *limits,
            icon_button("x", "Remove the point", on_click=state.drop_line(line["id"])),
            class_name="point-fields",
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )


def check_fields(state: Any, line: Any) -> rx.Component:
    """Return the points to look at of a line of a `DeliveryFormState`."""
    points = state.points[line["variant_id"]]
    return rx.cond(
        points.length() > 0,
        rx.el.fieldset(
            rx.el.legend("Look at these"),
            rx.foreach(points, lambda point: _check_field(state, line, point)),
            class_name="checks",
        ),
    )


def _check_field(state: Any, line: Any, point: Any) -> rx.Component:
    name = line["id"] + ".checks." + point["no"]

    def choice(value: str, label: str) -> rx.Component:
        box = rx.el.input(type="radio", name=name, value=value, id=f"{name}-{value}")
        return rx.el.label(box, label, html_for=f"{name}-{value}")

    error = rx.cond(
        state.field_errors[name],
        rx.el.p(state.field_errors[name], class_name="error", role="alert"),
    )
    yes_no = rx.el.div(
        rx.el.span(point["question"], class_name="asks"),
        rx.el.div(
            choice("yes", "Yes"),
            choice("no", "No"),
            class_name="yes-no",
            role="radiogroup",
            aria_label=point["question"],
            aria_invalid=rx.cond(state.field_errors[name], "true", "false"),
        ),
        error,
        class_name="field",
    )
    typed = text_field(
        point["question"],
        name,
        errors=state.field_errors,
        placeholder=point["hint"],
        auto_complete="off",
        max_length=120,
    )
    return rx.cond(point["kind"] == "yes_no", yes_no, typed)


def checks_card() -> rx.Component:
    """Return what was found of the shown lot or delivery, where something was looked at."""
    table = data_table(
        CheckListState.columns, CheckListState.rows, label="Quality checks", linked=True
    )
    shown = card(table, title="Quality checks", subtitle="What was found when the goods came.")
    return rx.cond(CheckListState.is_shown, shown)
