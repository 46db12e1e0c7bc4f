"""What a user may see, asked as a statement: written into SQL once for each kind of user, not for each user.

    NEXT = UserStatement(lambda user: visible_to(user).filter(forums=Given("forum", BigIntegerField())), known=(triage_of,))
    NEXT(user, forum=7)

While it is written, `Anybody` stands for the user: its person, own and convened forums are given when it is asked. What
else the rules ask of a user in Python is part of the kind: the roles, and the answers of the functions in `known`. What
changes in such an answer, a moment, it names in `given`: values that are told when the statement is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, cast

from django.db.models import QuerySet

from tovholder.accounts.models import User
from tovholder.forums.standing import Anybody, convened_forum_ids, own_forum_ids, person_of
from tovholder.statements import Row, Statement


class UserStatement(Generic[Row]):
    """Call it with the user who asks and a value for each `Given`."""

    def __init__(
        self,
        build: Callable[[User], QuerySet[Any, Row]],
        known: tuple[Callable[[User], Hashable], ...] = (),
        *,
        planned_once: bool = True,
    ) -> None:
        self._build, self._known, self._planned_once = build, known, planned_once
        self._statements: dict[Hashable, Statement[Row]] = {}

    def __call__(self, user: User, **values: Any) -> list[Row]:
        person = person_of(user)
        known = {each: each(user) for each in self._known}
        kind = (user.roles, person is None, *known.values())
        if kind not in self._statements:
            somebody = cast(User, Anybody(user.roles, has_person=person is not None, known=known))
            self._statements[kind] = Statement(lambda: self._build(somebody), planned_once=self._planned_once)
        for answer in known.values():
            values |= getattr(answer, "given", {})
        return self._statements[kind](
            user=user.pk,
            person=person.pk if person is not None else 0,
            own_forums=own_forum_ids(user),
            convened_forums=convened_forum_ids(user),
            **values,
        )
