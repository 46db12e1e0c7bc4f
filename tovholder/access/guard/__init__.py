"""The guard against personal data in texts that many may read (issue C, section 8; rules 9, 11 and 51).

It looks at the words only. What it answers never depends on who is registered.
"""

from tovholder.access.guard.finding import Finding, FindingKind, find_personal_data
from tovholder.access.guard.identifying import Detail, identifying_details
from tovholder.access.guard.names import NameLists

__all__ = ["Detail", "Finding", "FindingKind", "NameLists", "find_personal_data", "identifying_details"]
