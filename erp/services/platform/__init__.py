"""The kernel: commands, queries, events, numbers, referees."""

from erp.services.platform.commanding import command, query, replayed_answer
from erp.services.platform.cursors import decode_cursor, encode_cursor
from erp.services.platform.effects import collect_effects, collected_effects, note_effect
from erp.services.platform.emitting import DomainEvent, emit
from erp.services.platform.inputs import (
    Amount,
    Closed,
    Command,
    Day,
    Identified,
    Key,
    Nothing,
    Page,
    Percent,
    Quantity,
    Query,
    Result,
    Rows,
    ShortText,
    StateCode,
    Text,
    UnitPrice,
)
from erp.services.platform.numbering import Series, next_number
from erp.services.platform.registry import Action, get_action, list_actions
from erp.services.platform.running import Answer, Preview, parse_input, preview, run
from erp.services.platform.verifying import Referee, Verdict, referee, verify
from erp.services.platform.violations import refusal_for, refuse_on

__all__ = [
    "Action",
    "Amount",
    "Answer",
    "Closed",
    "Command",
    "Day",
    "DomainEvent",
    "Identified",
    "Key",
    "Nothing",
    "Page",
    "Percent",
    "Preview",
    "Quantity",
    "Query",
    "Referee",
    "Result",
    "Rows",
    "Series",
    "ShortText",
    "StateCode",
    "Text",
    "UnitPrice",
    "Verdict",
    "collect_effects",
    "collected_effects",
    "command",
    "decode_cursor",
    "emit",
    "encode_cursor",
    "get_action",
    "list_actions",
    "next_number",
    "note_effect",
    "parse_input",
    "preview",
    "query",
    "referee",
    "refusal_for",
    "refuse_on",
    "replayed_answer",
    "run",
    "verify",
]
