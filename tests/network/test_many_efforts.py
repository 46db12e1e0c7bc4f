"""A network meeting with many efforts: some at a time, so that the page stays light, and nothing typed is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.meetings.models import NetworkMeeting
from tovholder.meetings.services import network_efforts as efforts
from tovholder.plans.models import CaseAgreement


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


def test_an_effort_is_taken_away_on_the_page_that_corrects_it(
    begun: NetworkMeeting, erik: User, client_for: Any
) -> None:
    [made], client = many(begun, erik, 1), client_for(erik)
    page = reverse("network:effort", args=[begun.meeting_id, made.pk])
    assert "Fjern indsatsen" in client.get(page).content.decode()
    assert client.post(page, {"fjern": "1"}).status_code == 302
    assert not CaseAgreement.objects.exists()
