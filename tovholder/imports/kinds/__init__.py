"""The kinds of files that can be brought in."""

from __future__ import annotations

from tovholder.imports.kinds.holidays import HOLIDAYS
from tovholder.imports.kinds.members import MEMBERS
from tovholder.imports.kinds.organisations import ORGANISATIONS
from tovholder.imports.kinds.persons import PERSONS
from tovholder.imports.kinds.posts import POSTS
from tovholder.imports.kinds.schools import SCHOOLS
from tovholder.imports.planning import Kind

# In the order in which they are brought in: each points only to those before it.
KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (ORGANISATIONS, SCHOOLS, PERSONS, MEMBERS, POSTS, HOLIDAYS)
}
