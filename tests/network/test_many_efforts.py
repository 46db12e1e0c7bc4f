"""A network meeting with many efforts: some at a time, so that the page stays light, and nothing typed is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.meetings.models import NetworkMeeting
from tovholder.meetings.services import network_efforts as efforts
from tovholder.plans.models import Agreement, CaseAgreement


def many(begun: NetworkMeeting, erik: User, count: int) -> list[CaseAgreement]:
    words = "Ring hjem hver fredag, hør, hvordan ugen er gået, og aftal, hvad der er det næste {}"
    when, sign = timezone.localdate() + timedelta(days=9), "Han kommer i skole hver dag og siger selv til"
    return [
        efforts.add_effort(by=erik, network=begun, effort=efforts.EffortText(words.format(n), erik.person, when, sign))
        for n in range(count)
    ]  # fmt: skip


def test_many_efforts_are_shown_some_at_a_time_and_nothing_typed_is_lost(
    begun: NetworkMeeting, erik: User, client_for: Any
) -> None:
    made, client = many(begun, erik, 20), client_for(erik)
    run, save = (reverse(f"network:{name}", args=[begun.meeting_id]) for name in ("run", "save"))
    page = client.get(run).content.decode()
    assert (page.count('value="ret:'), f"ret:{made[0].pk}" in page) == (8, True)
    assert "De næste 8 indsatser" in page
    assert len(page.encode()) <= 24_000
    on = client.post(save, {"do": f"vis:{made[8].pk}"})
    assert on["Location"] == f"{run}?indsats={made[8].pk}#indsatser"
    page = client.get(on["Location"]).content.decode()
    assert [f'"ret:{made[n].pk}"' in page for n in (7, 8, 15, 16)] == [False, True, True, False]
    assert "De næste 4 indsatser" in page
    assert "De forrige indsatser" in page
    typed = {"do": f"vis:{made[16].pk}", "ny-words": "Tal med mormor", "ny-responsible": str(erik.person.pk)}
    page = client.post(save, typed).content.decode()
    assert 'value="Tal med mormor"' in page
    assert f'<option value="{erik.person.pk}" selected' in page
    assert f'"ret:{made[19].pk}"' in page
    moved = client.post(save, {"do": f"op:{made[19].pk}"})
    assert moved["Location"].endswith(f"?indsats={made[19].pk}#indsatser")


@pytest.mark.parametrize("act", ["", "tilstede", "slut", "efter", "ret", "vaelg"])
def test_no_button_loses_an_effort_that_is_being_written(
    act: str, begun: NetworkMeeting, erik: User, client_for: Any
) -> None:
    [made], client = many(begun, erik, 1), client_for(erik)
    do = f"{act}:{made.pk}" if act in {"ret", "vaelg"} else act
    there = [str(each.pk) for each in begun.meeting.participations.filter(attended=True)]
    family = [str(each.pk) for each in begun.meeting.family.filter(attended=True)]
    sent = {"do": do, "p": there, "f": family, "ny-words": "Tal med mormor"}
    answer = client.post(reverse("network:save", args=[begun.meeting_id]), sent)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="Tal med mormor"' in page
    assert ("Tilføj først den indsats" in page) == (act in {"slut", "efter", "ret", "vaelg"})
    begun.meeting.refresh_from_db()
    assert begun.meeting.status == "running"


def test_what_came_in_place_of_an_effort_is_not_offered_to_be_taken_away(
    begun: NetworkMeeting, erik: User, client_for: Any
) -> None:
    before, made = many(begun, erik, 2)
    Agreement.every.filter(pk=made.agreement_id).update(predecessor=before.agreement)
    page = client_for(erik).get(reverse("network:effort", args=[begun.meeting_id, made.pk]))
    assert page.status_code == 200
    assert "Fjern indsatsen" not in page.content.decode()


def test_an_effort_is_taken_away_on_the_page_that_corrects_it(
    begun: NetworkMeeting, erik: User, client_for: Any
) -> None:
    [made], client = many(begun, erik, 1), client_for(erik)
    page = reverse("network:effort", args=[begun.meeting_id, made.pk])
    assert "Fjern indsatsen" in client.get(page).content.decode()
    assert client.post(page, {"fjern": "1"}).status_code == 302
    assert not CaseAgreement.objects.exists()
