"""Changes to agreements, to those in a case by name (`case_agreements`), and to a plan around a child (`case_plans`)."""

from tovholder.plans.services.agreements import (
    add_status,
    change,
    continue_agreement,
    create_agreement,
    edit_agreement,
    hand_over,
    mark_done,
    move_to_forum,
    reopen,
    stop,
)

__all__ = [
    "add_status",
    "change",
    "continue_agreement",
    "create_agreement",
    "edit_agreement",
    "hand_over",
    "mark_done",
    "move_to_forum",
    "reopen",
    "stop",
]
