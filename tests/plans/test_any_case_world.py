"""Who reads an agreement in a case, and who sees the plan: one rule in two forms, in any world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.worlds import examples
from tovholder.accounts.models import Role, RoleGrant
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.directory.models import Person
from tovholder.plans import policy, queries
from tovholder.plans.models import Agreement, CaseAgreement, CasePlan
from tovholder.plans.queries import reads_named

NAMES = ("anna", "bo", "carla", "dina", "erik", "frida", "grethe", "hans", "ida", "lise")
who = st.sampled_from(NAMES)
world = st.fixed_dictionaries(
    {
        "responsible": who,
        "helpers": st.frozensets(who, max_size=3),
        "team": st.frozensets(who, max_size=2),
        "left": st.frozensets(who, max_size=1),
        "roles": st.dictionaries(who, st.sampled_from(Role.values), max_size=3),
        "ended": st.sampled_from([None, 5, 40]),
    }
)


@pytest.mark.django_db(transaction=False)
@given(drawn=world)
@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_rule_in_two_forms_in_any_world(drawn, case):
    made = CaseAgreement.objects.first() or case.agree("bo")
    plan = CasePlan.objects.first() or CasePlan.objects.create(
        concern=case.concern, child=case.child, created_by="system"
    )
    lay(drawn, case, made.agreement_id)
    agreement = Agreement.every.get(pk=made.agreement_id)
    for name in NAMES:
        user = case.user(name)
        reads = bool(policy.may_read(user, agreement))
        assert queries.case_agreements_visible_to(user).filter(agreement=agreement).exists() == reads, name
        works = bool(concerns.may_work(user, Concern.objects.get(pk=case.concern.pk)))
        assert queries.plans_visible_to(user).filter(pk=plan.pk).exists() == works, name
        assert not queries.visible_to(user).filter(pk=agreement.pk).exists()
        named = [each for each in queries.mine(case.user(name)) if each.pk == agreement.pk]
        has_part = name == drawn["responsible"] or name in drawn["helpers"]
        here = name not in drawn["left"]
        assert bool(named) == (has_part and here and reads_named(user)), name


def lay(drawn, case, pk: int) -> None:
    agreement = Agreement.every.get(pk=pk)
    agreement.responsible = case.people[drawn["responsible"]].person
    agreement.save()
    agreement.helpers.set([case.people[name].person for name in drawn["helpers"]])
    RoleGrant.objects.filter(role__in=list(Role.values), user__in=list(case.people.values())).delete()
    for name, role in drawn["roles"].items():
        RoleGrant.objects.create(user=case.people[name], role=role)
    Person.objects.update(left_on=None)
    Person.objects.filter(user__in=[case.people[name] for name in drawn["left"]]).update(
        left_on=timezone.localdate()
    )
    case.concern.case_team.all().delete()
    for name in drawn["team"]:
        CaseTeamMember.objects.create(
            concern=case.concern,
            person=case.people[name].person,
            basis="rpl115",
            from_at=timezone.now(),
            added_by="x",
        )
    days = drawn["ended"]
    Concern.objects.filter(pk=case.concern.pk).update(
        status="closed" if days else "plan", ended_at=timezone.now() - timedelta(days=days) if days else None
    )
