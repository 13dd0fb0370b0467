"""Words and tones of the pages of laboratories."""

from typing import Any

from erp.core.formatting import plain_decimal

VIEW, RECORD, MANAGE = "laboratory.view", "laboratory.record", "laboratory.manage"
TOPIC = "laboratory"
REASONS = {
    "patient": "Who is it?",
    "test": "Which test?",
    "unit": "Unit",
    "value": "Value",
    "conflict": "Contradiction",
    "unreadable": "Unreadable",
}
REASON_TONES = {
    "patient": "amber",
    "test": "amber",
    "unit": "red",
    "value": "red",
    "conflict": "red",
    "unreadable": "red",
}
STATUSES = {
    "preliminary": "Preliminary",
    "final": "Final",
    "corrected": "Corrected",
    "withdrawn": "Withdrawn",
}
STATUS_TONES = {"preliminary": "amber", "final": "green", "corrected": "blue", "withdrawn": "gray"}
FLAGS = {
    "": "",
    "normal": "In range",
    "low": "\u2193 Low",
    "high": "\u2191 High",
    "very_low": "\u2193\u2193 Very low",
    "very_high": "\u2191\u2191 Very high",
    "abnormal": "Abnormal",
}
FLAG_TONES = {
    "": "",
    "normal": "green",
    "low": "amber",
    "high": "amber",
    "very_low": "red",
    "very_high": "red",
    "abnormal": "amber",
}
PARTS = (
    ("report_number", "Report number *"),
    ("patient_id", "Patient's number"),
    ("patient_name", "Patient's name"),
    ("birth_on", "Birthday"),
    ("sex", "Sex"),
    ("collected_at", "Sample taken *"),
    ("reported_at", "Reported"),
    ("test_name", "Test"),
    ("code", "Test's code"),
    ("loinc", "LOINC"),
    ("value", "Result *"),
    ("unit", "Unit"),
    ("range", "Reference range"),
    ("flag", "Flag"),
    ("status", "Status"),
    ("note", "Note"),
)
"""Columns of a laboratory's CSV."""


def span_text(low: Any, high: Any) -> str:
    """Return a reference range as it is read; nothing where there is none."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {plain_decimal(high)}"
    if high is None:
        return f"from {plain_decimal(low)}"
    return f"{plain_decimal(low)} \u2013 {plain_decimal(high)}"
