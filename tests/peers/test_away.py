"""While the database is away every request gets DICOM's own word for it, not a broken association."""

from types import SimpleNamespace
from typing import Any

import pytest
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.presentation import build_context

from erp.core.errors import Unavailable
from jobs.listeners.peer_committing import BUSY, Commitments
from jobs.listeners.peer_contexts import STUDY_ROOT_FIND
from jobs.listeners.peer_finding import Finding
from jobs.listeners.peer_retrieving import NO_COUNT, Retrieving

MOVE = "1.2.840.10008.5.1.4.1.2.2.2"


class Away:
    """A directory whose database is away."""

    def renewed(self, _admission):
        raise Unavailable("The database is away.")


@pytest.fixture
def event():
    context = SimpleNamespace(abstract_syntax=STUDY_ROOT_FIND)
    return SimpleNamespace(context=context, assoc=SimpleNamespace(admission=object()))


def test_a_search_is_out_of_resources(event):
    found: Any = Finding(Away()).find(event)
    [(status, match)] = found
    assert (status.Status, match) == (0xA700, None)


def test_a_question_is_to_be_asked_again(event):
    said: Any = Commitments(Away()).ask(event)
    status, _ = said
    assert status.Status == BUSY


@pytest.mark.parametrize("kind", [C_MOVE, C_GET])
def test_a_retrieval_ends_with_the_reason(kind):
    said = []
    association = SimpleNamespace(
        admission=object(),
        is_established=True,
        dimse=SimpleNamespace(send_msg=lambda answer, _context: said.append(answer)),
    )
    request = kind()
    request.MessageID, request.AffectedSOPClassUID = 1, MOVE
    context = build_context(MOVE, "1.2.840.10008.1.2")
    Retrieving(Away(), None).serve(association, request, context)
    assert [answer.Status for answer in said] == [NO_COUNT]
