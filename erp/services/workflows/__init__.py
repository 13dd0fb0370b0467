"""News that reaches a person: the inbox."""

from erp.services.workflows.events import MemberNotified
from erp.services.workflows.inbox import (
    InboxCount,
    InboxItem,
    InboxPage,
    ListInbox,
    MarkAllRead,
    MarkedRead,
    MarkRead,
    count_unread,
    list_inbox,
    mark_all_read,
    mark_read,
)
from erp.services.workflows.notifying import (
    MatterRaised,
    News,
    RaiseMatter,
    close_news,
    notify,
    notify_members,
    raise_matter,
)

__all__ = [
    "InboxCount",
    "InboxItem",
    "InboxPage",
    "ListInbox",
    "MarkAllRead",
    "MarkRead",
    "MarkedRead",
    "MatterRaised",
    "MemberNotified",
    "News",
    "RaiseMatter",
    "close_news",
    "count_unread",
    "list_inbox",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_members",
    "raise_matter",
]
