"""May a child be spoken of by name, here, now, before these people? Pure rules: no tables, no web, no clock.

`assess` answers one `Case` under one set of `SharingRules`. The same answer serves the button that opens a name, the
invitation, the check-in, the approval of the minutes, and `manage.py assess_sharing`.
"""

from tovholder.access.sharing.assessment import Assessment, assess, leading_nobody_to_family
from tovholder.access.sharing.case import (
    Case,
    CaseFault,
    Child,
    Consent,
    ForumFrame,
    Kind,
    Participant,
    PublicTask,
    Purpose,
)
from tovholder.access.sharing.rules import SharingRules

__all__ = [
    "Assessment",
    "Case",
    "CaseFault",
    "Child",
    "Consent",
    "ForumFrame",
    "Kind",
    "Participant",
    "PublicTask",
    "Purpose",
    "SharingRules",
    "assess",
    "leading_nobody_to_family",
]
