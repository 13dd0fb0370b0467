"""The review of a session on its page: what may be done, the checklist, readers, signature."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    badge,
    button,
    card,
    fact_list,
    icon_button,
    key_map,
    notice,
    timeline,
)
from erp.components.records import or_dash
from erp.state.imaging.deciding import (
    AddendumState,
    HoldState,
    RejectState,
    ReopenState,
    RepeatState,
    ResolveState,
    SignOffState,
    TakeOverState,
)
from erp.state.imaging.review import NOBODY
from erp.state.imaging.review import ReviewState as State
from erp.state.imaging.wording import URGENCY_LABELS

head = State.head
KEYS = {"n": "next", "Alt+KeyA": "accept", "Alt+KeyS": "start"}


def review_actions() -> rx.Component:
    """Return what may be done about the session now, and the way to the next one."""
    return rx.fragment(
        rx.cond(head["may_start"] != "", _start()),
        rx.cond(head["may_resume"] != "", button("Resume", icon="play", on_click=State.resume)),
        rx.cond(head["may_decide"] != "", _deciding()),
        _when("may_resolve", ResolveState, "Resolve", "scale", look="solid"),
        _when("may_take_over", TakeOverState, "Take over", "hand"),
        _when("may_reopen", ReopenState, "Reopen", "undo-2"),
        _when("may_add", AddendumState, "Addendum", "file-plus", look="outline"),
        _when("may_sign", SignOffState, "Sign off", "signature", look="solid"),
        button(
            "Next",
            look="ghost",
            icon="arrow-right",
            on_click=State.open_next,
            title="Next session of the list (N)",
            aria_keyshortcuts="n",
        ),
        key_map(KEYS, State.press),
    )


def _when(flag: str, dialog: Any, label: str, icon: str, *, look: Any = "outline") -> rx.Component:
    opening = dialog.open_dialog(head["id"], head["number"])
    return rx.cond(head[flag] != "", button(label, icon=icon, look=look, on_click=opening))


def _start() -> rx.Component:
    return button(
        "Start review",
        look="ghost",
        icon="eye",
        on_click=State.start,
        title="Claim it for 30 minutes (Alt S)",
        aria_keyshortcuts="Alt+S",
    )


def _deciding() -> rx.Component:
    about = (head["id"], head["number"])
    return rx.fragment(
        rx.cond(
            head["is_mine"] != "",
            icon_button("hand-helping", "Give the session back", on_click=State.give_back),
        ),
        rx.cond(
            head["may_hold"] != "",
            icon_button("pause", "Put on hold", on_click=HoldState.open_dialog(*about)),
        ),
        button("Reject", icon="ban", on_click=RejectState.open_dialog(*about)),
        button("Request repeat", icon="rotate-ccw", on_click=RepeatState.open_dialog(*about)),
        button(
            "Accept",
            look="solid",
            icon="check",
            on_click=State.accept,
            title="Accept (Alt A)",
            aria_keyshortcuts="Alt+A",
        ),
    )


def review_notices() -> rx.Component:
    """Return what a reviewer should know before anything else."""
    return rx.fragment(
        rx.cond(
            head["is_others"] != "",
            notice(
                f"{head['claimed']} is reviewing this session, until {head['claimed_until']}"
                " at the latest.",
                tone="gray",
                icon="user-round",
            ),
        ),
        rx.cond(
            head["waits_second"] != "",
            notice(
                rx.cond(
                    head["has_read"] != "",
                    "Your reading is kept. The session waits for a second reader, who does not see it.",
                    "This session waits for a second reader. What the first found shows once you have decided.",
                ),
                tone="gray",
                icon="users",
            ),
        ),
        rx.cond(
            head["waits_resolution"] != "",
            notice("Two readers differ. A third person resolves it, with a reason."),
        ),
        rx.cond(head["repeat_of"] != "", _link("This repeats session", "repeat_of")),
        rx.cond(head["repeated_by"] != "", _link("The repeat has come: session", "repeated_by")),
        rx.cond(head["later"] != "", notice(head["later"])),
        rx.cond(State.refusal != "", notice(State.refusal, tone="red")),
    )


def _link(words: str, name: str) -> rx.Component:
    other = ReactRouterLink.create(head[name], to=head[f"{name}_href"], class_name="numeric")
    return rx.el.div(
        rx.icon("rotate-ccw"),
        rx.el.div(words, " ", other, "."),
        class_name="notice",
        custom_attrs={"data-tone": "gray"},
        role="status",
    )


def review_card() -> rx.Component:
    """Return how urgent and when due the session is, and who it is with."""
    facts: list[tuple[str, Any]] = [
        ("Review", badge(head["qa_state"], head["qa_tone"])),
        ("Urgency", rx.cond(head["may_change"] != "", _urgency(), head["urgency_words"])),
        ("Due", _due()),
        (
            "Reviewer",
            rx.cond(head["may_change"] != "", _assignee(), or_dash(head["assigned_name"])),
        ),
    ]
    signed = rx.el.div(
        rx.el.p("Signed off by ", head["signed"]),
        rx.el.p(
            "SHA-256 ", rx.el.span(head["digest"], class_name="code"), class_name="hint digest"
        ),
        class_name="signed",
    )
    return card(
        fact_list(facts),
        rx.cond(head["signed"] != "", signed),
        title="Review",
    )


def _due() -> rx.Component:
    return rx.cond(
        head["due_tone"] != "", badge(head["due"], head["due_tone"]), or_dash(head["due"])
    )


def _urgency() -> rx.Component:
    return rx.el.select(
        *[rx.el.option(label, value=code) for code, label in URGENCY_LABELS.items()],
        value=head["urgency"],
        on_change=State.prioritise,
        class_name="input small",
        aria_label="Urgency",
    )


def _assignee() -> rx.Component:
    return rx.el.select(
        rx.el.option("Nobody yet", value=NOBODY),
        rx.foreach(
            State.people,
            lambda one: rx.el.option(one["label"], value=one["value"], key=one["value"]),
        ),
        value=head["assigned"],
        on_change=State.assign,
        class_name="input small",
        aria_label="Reviewer",
    )


def checklist_card() -> rx.Component:
    """Return the checklist of the session, answered with one press or key each."""
    left = rx.cond(
        State.open_items > 0,
        badge(f"{State.open_items} open", "amber"),
        badge("Complete", "green"),
    )
    shown = card(
        rx.el.ul(rx.foreach(State.items, _item), class_name="checklist"),
        title="Checklist",
        subtitle=head["checklist"],
        actions=(left,),
    )
    return rx.cond(State.items.length() > 0, shown)


def _item(item: rx.Var[dict[str, str]]) -> rx.Component:
    must = rx.cond(
        item["is_required"] != "", rx.el.span("*", class_name="must", aria_hidden="true")
    )
    answer = rx.cond(item["kind"] == "number", _number(item), _choices(item))
    return rx.el.li(
        rx.el.div(
            rx.el.span(item["label"], must, id=f"item-{item['key']}"),
            rx.cond(item["limits"] != "", rx.el.span(item["limits"], class_name="hint")),
            rx.cond(item["lack"] != "", rx.el.span(item["lack"], class_name="error")),
        ),
        answer,
        key=item["key"],
        custom_attrs={"data-open": item["is_open"]},
    )


def _choices(item: rx.Var[dict[str, str]]) -> rx.Component:
    def option(words: rx.Var[str]) -> rx.Component:
        return rx.el.button(
            words,
            type="button",
            on_click=State.answer(item["key"], words),
            disabled=head["may_decide"] == "",
            aria_pressed=rx.cond(item["shown"] == words, "true", "false"),
            key=words,
        )

    return rx.el.div(
        rx.foreach(item["options"].split("\n"), option),
        class_name="segments",
        role="group",
        aria_labelledby=f"item-{item['key']}",
    )


def _number(item: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.input(
        default_value=item["shown"],
        key=f"{item['key']}-{item['shown']}",
        on_blur=lambda value: State.answer(item["key"], value),
        on_key_down=lambda name: rx.cond(
            name == "Enter", rx.call_script("document.activeElement.blur()"), rx.noop()
        ),
        input_mode="decimal",
        class_name="input numeric",
        max_length=20,
        disabled=head["may_decide"] == "",
        aria_labelledby=f"item-{item['key']}",
    )


def readings_cards() -> rx.Component:
    """Return what readers found and what was added after the sign-off."""
    return rx.fragment(
        rx.cond(State.addenda.length() > 0, card(timeline(State.addenda), title="Addenda")),
        rx.cond(State.readings.length() > 0, card(timeline(State.readings), title="Readings")),
    )
