"""Expected refusals. Whatever is not one of these is a bug and is not caught."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class DomainError(Exception):
    """A request was understood and refused; nothing changed.

    Attributes:
        code: Stable machine name of the refusal.
        status: HTTP status the REST edge answers with.
        message: What is wrong and what to do about it, for a person.
        fields: Message per input field, where the refusal is about a field.
        details: Further facts for machines; never another tenant's.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        self.details = dict(details or {})


class NotFound(DomainError):
    """No such thing in the acting tenant; the same answer whether it is another's or nobody's."""

    code = "not_found"
    status = 404


class PermissionDenied(DomainError):
    """The actor's roles do not allow the action."""

    code = "permission_denied"
    status = 403


class NotSignedIn(DomainError):
    """No valid session or token came with the request."""

    code = "not_signed_in"
    status = 401


class Conflict(DomainError):
    """The thing has changed or is taken; look again and retry."""

    code = "conflict"
    status = 409


class IdempotencyKeyReused(Conflict):
    """The key already stands for another request."""

    code = "idempotency_key_reused"


class InvalidInput(DomainError):
    """A value is well formed but not acceptable."""

    code = "invalid_input"


class Busy(DomainError):
    """A lock was not free in time; nothing happened and a retry is safe."""

    code = "busy"
    status = 503


class Unavailable(DomainError):
    """A service the action needs is away; a retry is safe."""

    code = "unavailable"
    status = 503


class ConfirmationRequired(DomainError):
    """A refusal that a person may override.

    The caller repeats the command with `confirm` holding this error's `code`.
    """

    code = "confirmation_required"
    status = 409


def raise_all(refusals: Sequence[DomainError]) -> None:
    """Raise one refusal that names every field at fault; nothing if there is none.

    Its code is the first one's.
    """
    if not refusals:
        return
    fields = {field: text for refusal in refusals for field, text in refusal.fields.items()}
    message = " ".join(dict.fromkeys(refusal.message for refusal in refusals))
    raise type(refusals[0])(message, fields=fields, details=refusals[0].details)
