"""Studies made in code, and bodies of several parts."""

from collections.abc import Sequence
from email import message_from_bytes

import httpx
from pydicom.uid import generate_uid

from tests.dicom.objects import dataset, encode
from tests.fixtures.people import Member

BOUNDARY = "a-boundary"


def study_of(count: int, **changes: object) -> tuple[str, list[bytes]]:
    """Return a study's UID and its objects, numbered from 1, in one series."""
    study, series = generate_uid(), generate_uid()
    objects = [
        encode(
            dataset(
                StudyInstanceUID=study,
                SeriesInstanceUID=series,
                SOPInstanceUID=generate_uid(),
                InstanceNumber=number,
                **changes,
            )
        )
        for number in range(1, count + 1)
    ]
    return str(study), objects


def body_of(parts: Sequence[bytes], boundary: str = BOUNDARY) -> bytes:
    """Return a `multipart/related` body."""
    head = b"--" + boundary.encode() + b"\r\nContent-Type: application/dicom\r\n\r\n"
    closed = b"--" + boundary.encode() + b"--\r\n"
    return b"".join(head + part + b"\r\n" for part in parts) + closed


def stow(
    web: httpx.Client,
    member: Member,
    parts: Sequence[bytes],
    *,
    path: str = "/studies",
    **headers: str,
) -> httpx.Response:
    """Hand objects in."""
    kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    sent = member.headers | {"content-type": kind} | headers
    return web.post(path, content=body_of(parts), headers=sent)


def parts_of(answer: httpx.Response) -> list[tuple[str, bytes]]:
    """Return content type and bytes of each part of an answer."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    found = []
    for part in message_from_bytes(head + answer.content).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append((str(part["content-type"]), content))
    return found


def failures(answer: httpx.Response) -> list[tuple[int, str]]:
    """Return reason and text of each failure that an answer names."""
    said = answer.json()
    items = [*said.get("00081198", {}).get("Value", []), *said.get("0008119A", {}).get("Value", [])]
    return [(item["00081197"]["Value"][0], item["00000902"]["Value"][0]) for item in items]
