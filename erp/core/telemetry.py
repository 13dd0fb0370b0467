"""Structured logs with request, tenant and command ids, and the process's metrics."""

import logging
import sys
from contextlib import AbstractContextManager

import structlog
from prometheus_client import Counter, Histogram

from erp.core.context import RequestContext
from erp.core.settings import get_settings

COMMANDS = Counter("erp_commands_total", "Commands by outcome.", ["command", "outcome", "source"])
COMMAND_SECONDS = Histogram(
    "erp_command_seconds",
    "Seconds a command took, commit included.",
    ["command"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def logged_for(ctx: RequestContext, **more: str) -> AbstractContextManager[None]:
    """Put who acts, for which tenant and in which request on every log line until it is left."""
    ids = {
        "tenant_id": str(ctx.tenant_id),
        "user_id": str(ctx.user_id),
        "request_id": ctx.request_id,
        "source": ctx.source,
    }
    return structlog.contextvars.bound_contextvars(**ids, **more)


def configure_logging(level: str = "") -> None:
    """Send every log line to standard error, one JSON object each in production.

    Args:
        level: The least that is said, instead of the settings' level.
    """
    settings = get_settings()
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level or settings.log_level]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
