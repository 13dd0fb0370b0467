"""HL7 v2 results are read strictly: what is well formed comes through whole, the rest to a stated end."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.services import laboratory
from erp.services.laboratory.hl7_text import Delimiters, read_messages, unescape
from tests.services.laboratory.samples import MSH, observed, oru

ZONE = "Asia/Kolkata"
SIGNS = Delimiters()
ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}
PLAIN = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), max_size=30
)


def read(text, facility=""):
    raw = text if isinstance(text, bytes) else text.encode()
    return laboratory.read_hl7(raw, ZONE, facility)


def escaped(text):
    return "".join(ESCAPES.get(char, char) for char in text)


@given(text=PLAIN)
def test_any_text_comes_back_as_it_was_told(text):
    assert unescape(escaped(text), SIGNS) == text


@given(
    rows=st.lists(
        st.lists(st.lists(PLAIN, min_size=1, max_size=3), min_size=1, max_size=4), max_size=6
    )
)
def test_any_segment_comes_back_field_by_field(rows):
    lines = [
        "ZZZ|" + "|".join("^".join(escaped(part) for part in parts) for parts in fields)
        for fields in rows
    ]
    [message] = read_messages("\r".join([MSH, *lines]).encode())
    for segment, fields in zip(message[1:], rows, strict=True):
        for number, parts in enumerate(fields, start=1):
            told = segment.repeats(number)
            assert (told[0] if told else [""]) == (
                parts if "".join(parts) or len(parts) > 1 else [""]
            )


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: (MSH + t).encode()))
def test_no_bytes_do_anything_but_be_read_or_refused(content):
    with suppress(laboratory.UnreadableLabFile):
        for one in laboratory.read_hl7(content, ZONE):
            assert "\0" not in one.model_dump_json()


def test_a_result_is_read_with_everything_that_is_said_of_it():
    text = oru("H1", observed("4548-4", "5.9", "%", limits="4.0-5.6"), code="P00001")
    text += "\rNTE|1||Sample\\.br\\was \\T\\ is fine"
    [one] = read(text)
    assert (one.report_number, one.patient_ids, one.patient_name) == ("H1", ("P00001",), "Asha Rao")
    assert (one.birth_on, one.sex, one.system, one.code) == ("1984-05-06", "female", "LN", "4548-4")
    assert (one.value, one.unit, one.range, one.status) == ("5.9", "%", "4.0-5.6", "final")
    assert one.collected_at == "2026-11-20T03:00:00+00:00"
    assert (one.note, one.label) == ("Sample\nwas & is fine", "Message 1, OBX 1")


def test_other_separators_and_line_ends_are_the_messages_own():
    text = oru("H1", observed("4548-4", "5.9", "%"), code="P1")
    swapped = text.translate(str.maketrans("|^~&\\", "*#!+@")).replace("\r", "\n")
    assert read(swapped)[0].model_dump() == read(text)[0].model_dump()
    assert read("\x0b" + text.replace("\r", "\r\n") + "\r\x1c\r")[0].value == "5.9"


@pytest.mark.parametrize(
    ("charset", "codec"), [("8859/1", "iso-8859-1"), ("UNICODE UTF-8", "utf-8")]
)
def test_names_come_in_the_character_set_that_is_declared(charset, codec):
    text = oru("H1", observed("4548-4", "5.9", "%"), name="Müller^Zoë").replace(
        "UNICODE UTF-8", charset
    )
    assert read(text.encode(codec))[0].patient_name == "Zoë Müller"


@pytest.mark.parametrize(
    ("fields", "value", "field", "says"),
    [
        ("SN|4548-4^x^LN||<^5.0|%|||||F", "<5.0", "", ""),
        ("SN|4548-4^x^LN||^1^:^128|%|||||F", "", "value", "ratio"),
        ("CE|883-9^ABO^LN||A^Group A^L||||||F", "Group A", "", ""),
        ("ST|883-9^ABO^LN||A~B||||||F", "A; B", "", ""),
        ("NM|4548-4^x^LN||5~6|%|||||F", "", "value", "several numbers"),
        ("ED|PDF^x^L||JVBERi0x||||||F", "", "value", "OBX-2 says ED"),
        ("|4548-4^x^LN||5|%|||||F", "", "value", "OBX-2 says nothing"),
        ("NM|||5|%|||||F", "5", "code", "OBX-3"),
        ("NM|4548-4^x^LN||5|%|||||", "5", "status", "OBX-11 says nothing"),
        ("NM|4548-4^x^LN||5|%|||||Q", "5", "status", "OBX-11 says Q"),
    ],
)
def test_kinds_of_results_come_to_their_stated_end(fields, value, field, says):
    [one] = read(oru("H1", fields, code="P1"))
    assert (one.value, one.field) == (value, field)
    assert says in one.problem


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (("ORU^R01", "ADT^A08"), "only results"),
        (("|P|2.5.1", "|T|2.5.1"), "a message for trying"),
        (("|P|2.5.1", "|P|3.0"), "version 3.0"),
        (("OBR|1||H1", "OBR|1||"), "The order has no number"),
        (("20261120083000+0530", ""), "OBR-7 says no time"),
        (("20261120083000+0530", "00010101000000"), "OBR-7 says no time"),
        (("20261120083000+0530", "99991231235959-0900"), "OBR-7 says no time"),
        (("PID|1", "ZID|1"), "No patient (PID)"),
        (("OBX|1", "ZBX|1"), "holds no result"),
    ],
)
def test_a_message_that_cannot_be_taken_says_why(changed, says):
    [one] = read(oru("H1", observed("4548-4", "5", "%"), code="P1").replace(*changed))
    assert says in one.problem


def batch(*messages, count=None):
    said = len(messages) if count is None else count
    return "\r".join(["FHS|^~\\&|LIS", "BHS|^~\\&|LIS", *messages, f"BTS|{said}", "FTS|1"])


def test_a_batch_holds_what_it_says_and_ends():
    one = oru("H1", observed("4548-4", "5", "%"))
    two = oru("H2", observed("4548-4", "6", "%"))
    assert [told.report_number for told in read(batch(one, two))] == ["H1", "H2"]


WHOLE = oru("H1", observed("4548-4", "5", "%"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no HL7"),
        (b"Report No,Result\n1,2", "no HL7"),
        (b"\xff\xfe\x00", "no HL7"),
        ("FHS|^~\\&|LIS", "no message"),
        (batch(WHOLE, count=2), "says 2 messages and holds 1"),
        (batch(WHOLE).rpartition("\rFTS")[0], "cut off: FHS"),
        (WHOLE + "\rBTS|1", "did not begin"),
        (WHOLE.replace("MSH|^~\\&", "MSH|^^^^"), "no usable separators"),
        (WHOLE.replace("MSH|^~\\&", "MSH"), "no usable separators"),
        (WHOLE.replace("PID|", "pid|"), "begins with no segment"),
        (WHOLE.replace("PID|1|", "PID^1|"), "another separator"),
        (WHOLE.replace("UNICODE UTF-8", "ISO IR87"), "character set ISO IR87"),
        (WHOLE.encode() + b"\xff", "text is not UNICODE UTF-8"),
        (WHOLE + "\0", "null bytes"),
        (WHOLE + "\rNTE|1||" + "x" * 40_000, "longer than 32,768"),
        (WHOLE + "\rZZZ" + "|" * 300, "more than 200 fields"),
        (WHOLE + "\rNTE|1||x" * 20_001, "more than 20,000 segments"),
        (WHOLE + "\rNTE|1||x" * 3_000, "too many messages or too long"),
    ],
)
def test_a_damaged_file_is_refused_whole(content, says):
    with pytest.raises(laboratory.UnreadableLabFile) as caught:
        read(content)
    assert re.search(re.escape(says), caught.value.message), caught.value.message
