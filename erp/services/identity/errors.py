"""Refusals of the identity domain."""

from erp.core.errors import DomainError, InvalidInput


class SignInRefused(DomainError):
    """The name and password do not open a session; the message never says which was wrong."""

    code = "sign_in_refused"
    status = 401


class GrantTooWide(DomainError):
    """Someone tried to hand out more than they hold."""

    code = "grant_too_wide"
    status = 403


class WeakSecret(InvalidInput):
    """A password or PIN that is too easy to guess."""

    code = "weak_secret"
