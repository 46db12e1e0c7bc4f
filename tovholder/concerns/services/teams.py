"""Teams: who sits in them, and which concerns stand on their lists. To stand on a list opens nothing to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.accounts.services.rights import tell_of_rights
from tovholder.audit.services import record
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, Team, TeamMember
from tovholder.directory.models import Person


@transaction.atomic
def seat(*, by: User, team: Team, person: Person) -> TeamMember:
    """Put a person into a team; the log reviewers are told at once. Raises Refused, ValidationError by field."""
    policy.may_manage_teams(by).require()
    if person.left_on is not None:
        raise ValidationError({"person": [_("Personen er fratrådt.")]})
    if team.triages and person.user is not None and person.user.has_role(*policy.NEVER):
        raise ValidationError({"person": [_("Personens rolle må ikke læse bekymringer.")]})
    if team.seats.filter(person=person, valid_until__isnull=True).exists():
        raise ValidationError({"person": [_("Personen er allerede med.")]})
    made = TeamMember.objects.create(team=team, person=person, valid_from=timezone.localdate())
    record(by=by, action="team.joined", obj=person.user or person, details={"team": team.pk})
    if person.user is not None:
        tell_of_rights(user=person.user)
    return made


@transaction.atomic
def unseat(*, by: User, member: TeamMember) -> None:
    """Take a person out of a team: from the next request on, nothing is seen by it. Raises Refused."""
    policy.may_manage_teams(by).require()
    yesterday = timezone.localdate() - timedelta(days=1)
    if member.valid_from > yesterday:
        TeamMember.objects.filter(pk=member.pk).delete()
    else:
        TeamMember.objects.filter(pk=member.pk).update(valid_until=yesterday)
    record(
        by=by, action="team.left", obj=member.person.user or member.person, details={"team": member.team_id}
    )


@transaction.atomic
def set_lists(*, by: User, concern: Concern, teams: Iterable[Team]) -> None:
    """Put the concern on the lists of exactly these teams. Raises Refused."""
    policy.may_work(by, concern).require()
    wanted = {each.pk for each in teams}
    present = set(concern.teams.values_list("pk", flat=True))
    if wanted != present:
        concern.teams.set(wanted)
        details = {"put_on": sorted(wanted - present), "taken_off": sorted(present - wanted)}
        record(by=by, action="concern.lists_set", obj=concern, details=details)
