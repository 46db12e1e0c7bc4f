"""Names handed over at the case meeting: read from lines, all or none, decided by one key, offences for the parties only."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from tests.factories import DistrictFactory
from tests.meetings.cases.conftest import come, guest
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.citizens.models import Child
from tovholder.concerns.models import Concern, ConcernStatus, Team, TeamMember
from tovholder.concerns.services.prompting import child_prompts
from tovholder.concerns.waiting import waiting_for
from tovholder.meetings.models import CaseItem, LookupRule
from tovholder.meetings.services import attendance, cases_intake, cases_writing, running
from tovholder.meetings.services.cases import open_case
from tovholder.meetings.services.lookups import lookups

LINES = """Jonas Prøve; 3.4.2012; mistænkt; politi; hærværk ved stationen
Mille Testesen\t040312-1234\tf\t\tslået ned ved stationen
Ali Eksempel; 2010-11-30; vidne; politiet;
"""
WHY = "Nødvendigt for at aftale, hvem der taler med dem"


@pytest.fixture
def handed(planned, people) -> list[CaseItem]:
    lines = cases_intake.read_lines(LINES, source="police")
    return cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)


@pytest.fixture
def tuesday(planned, handed, people):
    meeting = running.start(by=people["anna"], meeting=planned)
    for name in ("anna", "carla", "dina"):
        come(people["anna"], meeting, people[name])
    for item in handed:
        open_case(by=people["anna"], case_item=item)
    return meeting


@pytest.mark.parametrize(
    ("text", "born", "cpr"),
    [
        ("3.4.2012", date(2012, 4, 3), ""),
        ("03/04-12", date(2012, 4, 3), ""),
        ("2012-04-03", date(2012, 4, 3), ""),
        ("030412", date(2012, 4, 3), ""),
        ("03042012", date(2012, 4, 3), ""),
        ("030412-4321", date(2012, 4, 3), "0304124321"),
        ("0304121234", date(1912, 4, 3), "0304121234"),
        ("030499-4321", date(1999, 4, 3), "0304994321"),
        ("31.2.2012", None, ""),
        ("i går", None, ""),
        ("", None, ""),
    ],
)
def test_a_day_is_read_as_people_write_it(text, born, cpr):
    assert cases_intake.read_born(text) == (born, cpr)


def test_each_fault_is_told_at_its_line():
    text = "Jonas; 3.4.2012; mistænkt\n;3.4.2012;m\nKim Prøve; i morgen; m\nJonas; 3.4.2012; f\nPia Prøve; 1.1.2013; ven; kiosken"
    faults = {line.number: line.faults for line in cases_intake.read_lines(text, source="police")}
    assert faults[1] == []
    assert faults[2] == ["Skriv barnets navn."]
    assert faults[3] == ["Skriv fødselsdag (3.4.2012) eller CPR-nummer."]
    assert faults[4] == ["Står også i linje 1."]
    assert len(faults[5]) == 2


def test_a_name_belongs_to_the_only_district_of_the_forum(handed, planned, people, forum):
    assert {each.concern.district for each in handed} == {None}
    vest = DistrictFactory(key="vest")
    forum.districts.set([vest])
    lines = cases_intake.read_lines(LINES, source="police")
    items = cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    assert {each.concern.district for each in items} == {vest}


def test_the_families_of_handed_over_names_are_to_be_told(handed):
    for each in handed:
        prompts = child_prompts(Concern.objects.get(pk=each.concern_id))
        assert "information_due" in [prompt.code for prompt in prompts]


def test_who_would_ask_is_led_to_choose_the_school_first(handed, people, client_for):
    code = handed[0].concern.code
    text = client_for(people["anna"]).get(f"/bekymringer/{code}/spoerg/").content.decode()
    assert "Vælg først skole eller sted" in text
    assert f"/bekymringer/{code}/ret/" in text


def test_a_source_that_is_not_written_is_the_police_only_where_they_hand_over(planned, people, client_for):
    url = reverse("meetings:names_in", args=[planned.pk])
    assert cases_intake.source_of(people["carla"]) == "police"
    assert cases_intake.source_of(people["anna"]) == ""
    said = {"names": "Jonas Prøve; 3.4.2012; vidne", "sentence": "0"}
    page = client_for(people["anna"]).post(url, said).content.decode()
    assert "Skriv kilden: politi, fagperson, familie eller anden." in page
    assert "1 navn er klar" in client_for(people["carla"]).post(url, said).content.decode()


def test_whoever_handed_it_over_a_name_without_a_decision_is_reminded_of(planned, handed, people, client_for):
    staff = handed[0].concern
    Concern.objects.update(raised_at=timezone.now() - timedelta(days=20))
    Concern.objects.filter(pk=staff.pk).update(source="staff")
    CaseItem.objects.filter(pk=handed[0].pk).update(status="withdrawn")
    CaseItem.objects.filter(pk=handed[1].pk).update(decision="take_on")
    ssp = people["anna"].__class__.objects.get(pk=people["anna"].pk)
    [line] = [each for each in waiting_for(ssp) if each.kind == "undecided"]
    assert line.count == 2
    asks = "endnu ikke taget stilling"
    page = client_for(people["anna"])
    assert asks in page.get(f"/bekymringer/{staff.code}/").content.decode()
    assert asks not in page.get(f"/bekymringer/{handed[1].concern.code}/").content.decode()


def test_each_name_becomes_a_concern_with_a_sealed_offence(handed, people):
    assert [each.concern.source for each in handed] == ["police"] * 3
    assert {each.basis for each in handed} == {"rpl115"}
    assert {each.purpose_code for each in handed} == {"crime_prevention"}
    assert [each.concern.concern_children.get().part for each in handed] == ["suspected", "victim", "witness"]
    assert handed[0].concern.offence is not None
    assert handed[2].concern.offence is None
    for concern in Concern.objects.all():
        assert b"station" not in bytes(concern.offence or b"")


def test_one_fault_and_nothing_is_saved(planned, people):
    lines = cases_intake.read_lines(LINES + "Uden dag;;m\n", source="police")
    with pytest.raises(ValidationError):
        cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    assert not Concern.objects.exists()
    assert not Child.objects.exists()


@pytest.mark.parametrize("name", ["erik", "frida", "grethe", "hans", "ida", "lise"])
def test_who_is_no_party_at_the_meeting_cannot_hand_over(name, planned, people, client_for):
    assert client_for(people[name]).get(reverse("meetings:names_in", args=[planned.pk])).status_code == 404
    with pytest.raises(Refused):
        cases_intake.hand_over(
            by=people[name],
            meeting=planned,
            lines=cases_intake.read_lines(LINES, source="police"),
            necessity=WHY,
        )


def test_pasted_lines_are_shown_before_they_are_saved(planned, people, client_for):
    client, url = client_for(people["carla"]), reverse("meetings:names_in", args=[planned.pk])
    shown = client.post(url, {"names": LINES + "Fejl; x; y", "sentence": "0"})
    assert "1 linje skal rettes" in shown.content.decode()
    assert not Concern.objects.exists()
    again = client.post(url, {"names": LINES + "Fejl; x; y", "sentence": "0", "gem": "1"})
    assert again.status_code == 422
    assert not Concern.objects.exists()
    ready = client.post(url, {"names": LINES, "sentence": "0"})
    assert "3 navne er klar" in ready.content.decode()
    assert "Jonas" not in str(dict(client.session))
    client.post(url, {"names": LINES, "sentence": "0", "gem": "1"})
    assert CaseItem.objects.filter(meeting=planned, is_handover=True).count() == 3
    after = client.get(url).content.decode()
    assert "Sag " in after
    assert "Jonas Prøve;" in after  # the example in the page
    assert "Mille" not in after


def test_who_hands_over_reads_no_case_before_it_is_opened(planned, handed, people, client_for):
    client = client_for(people["carla"])
    for item in handed:
        assert client.get(reverse("meetings:case", args=[planned.pk, item.pk])).status_code == 404
    assert client.get(reverse("meetings:names", args=[planned.pk])).status_code == 404


def test_a_decision_by_one_key_moves_the_concern(tuesday, handed, people, client_for):
    client = client_for(people["anna"])
    for item, word in zip(handed, ("take_on", "refer", "close"), strict=True):
        answer = client.post(
            reverse("meetings:names", args=[tuesday.pk]), {"beslutning": f"{item.pk}:{word}"}
        )
        following = handed[min(handed.index(item) + 1, 2)]
        assert answer.headers["Location"].endswith(f"/navne/?side=1#navn-{following.pk}")
    statuses = [Concern.objects.get(pk=each.concern_id).status for each in handed]
    assert statuses == [ConcernStatus.CLARIFYING, ConcernStatus.HANDED_OVER, ConcernStatus.NO_ACTION]


def test_only_a_name_of_the_meeting_is_decided_and_by_who_decides(tuesday, handed, people, client_for):
    url = reverse("meetings:names", args=[tuesday.pk])
    for said in ("", "17", f"{handed[0].pk}:", f"{handed[0].pk}:burn", "999999:close", "x:close"):
        assert client_for(people["anna"]).post(url, {"beslutning": said}).status_code == 404
    answer = client_for(people["dina"]).post(url, {"beslutning": f"{handed[0].pk}:close"})
    assert answer.status_code == 403
    assert not CaseItem.objects.exclude(decision="").exists()


def test_who_triages_another_district_gets_no_buttons_that_would_be_refused(
    tuesday, handed, people, client_for
):
    vest, nord = DistrictFactory(key="vest", name="Vest"), DistrictFactory(key="nord", name="Nord")
    Concern.objects.update(district=vest)
    Concern.objects.filter(pk=handed[1].concern_id).update(district=nord)
    team = Team.objects.create(key="nord", name="Nord", triages=True)
    team.districts.set([nord])
    TeamMember.objects.create(team=team, person=people["dina"].person, valid_from=date(2020, 1, 1))
    url = reverse("meetings:names", args=[tuesday.pk])
    dina = User.objects.get(pk=people["dina"].pk)
    shown = {"anna": [True, True, True], "dina": [False, True, False], "carla": [False] * 3}
    for name, buttons in shown.items():
        client = client_for(dina if name == "dina" else people[name])
        page = client.get(url).content.decode()
        assert "Jonas Prøve" in page
        assert [f'value="{each.pk}:close"' in page for each in handed] == buttons, name
        assert ("<kbd>" in page) == any(buttons)


def test_a_decision_can_be_taken_again(tuesday, handed, people):
    for word in ("close", "take_on", "watch", "refer", "close"):
        handed[0].refresh_from_db()
        cases_writing.decide(by=people["anna"], case_item=handed[0], decision=word)
    concern = Concern.objects.get(pk=handed[0].concern_id)
    assert concern.status == ConcernStatus.NO_ACTION
    assert concern.ended_at is not None


def test_who_was_only_told_does_not_decide(tuesday, handed, people):
    with pytest.raises(Refused):
        cases_writing.decide(by=people["dina"], case_item=handed[0], decision="close")


def test_an_offence_is_read_by_the_parties_while_all_are_covered(tuesday, handed, people, client_for):
    url = reverse("meetings:names", args=[tuesday.pk])
    for name in ("anna", "carla", "dina"):
        body = client_for(people[name]).get(url).content.decode()
        assert "hærværk ved stationen" in body
        assert "Jonas Prøve" in body
    row = guest(people["anna"], tuesday, people["frida"])
    body = client_for(people["carla"]).get(url).content.decode()
    assert "hærværk" not in body
    assert "Jonas" not in body
    assert "Lukket lige nu" in body
    attendance.set_out(by=people["anna"], participation=row, out=True)
    assert "Jonas Prøve" in client_for(people["carla"]).get(url).content.decode()


def test_an_offence_is_in_no_file_nor_on_another_basis(tuesday, handed, people, client_for):
    item = handed[0]
    url = reverse("meetings:case_word", args=[tuesday.pk, item.pk])
    answer = client_for(people["anna"]).get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="sag-{item.concern.code}.docx"'
    with ZipFile(BytesIO(answer.content)) as paper:
        text = "".join(paper.read(name).decode("utf-8", "replace") for name in paper.namelist())
    assert "Jonas Prøve" in text
    assert "hærværk" not in text
    CaseItem.objects.filter(pk=item.pk).update(basis="consent")
    page = client_for(people["anna"]).get(reverse("meetings:case", args=[tuesday.pk, item.pk]))
    assert "hærværk" not in page.content.decode()


def test_five_hundred_names_are_taken_in_one_go(planned, people):
    text = "\n".join(
        f"Prøve Nummer{n}; {1 + n % 28}.{1 + n % 12}.2012; m; politi; tyveri" for n in range(500)
    )
    lines = cases_intake.read_lines(text)
    made = cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity=WHY)
    assert len(made) == 500
    assert len({each.concern.code for each in made}) == 500
    more = cases_intake.read_lines(text + "\nEn Til; 1.1.2012; m", source="police")
    with pytest.raises(ValidationError):
        cases_intake.hand_over(by=people["carla"], meeting=planned, lines=more, necessity=WHY)


# ---- what may be looked up
def test_what_may_be_looked_up_is_the_municipalitys_own_or_a_neutral_question(
    tuesday, handed, people, client_for, django_assert_num_queries
):
    pages = [("carla", "meetings:names_in"), ("anna", "meetings:names")]
    neutral = "Er oplysningen nødvendig for at aftale, hvem der handler?"

    def shown(who, name):
        return client_for(people[who]).get(reverse(name, args=[tuesday.pk])).content.decode()

    for who, name in pages:
        assert neutral in shown(who, name)
        assert "Spørg jer selv" in shown(who, name)
    for n, (key, phase, text) in enumerate(
        [
            ("b", "after", "Efter: kun den ansvarlige"),
            ("a", "before", "Før: kun egne sager"),
            ("c", "before", "Før: to ad gangen"),
        ]
    ):
        LookupRule.objects.create(key=key, phase=phase, name=text, position=n)
    LookupRule.objects.create(key="gammel", phase="during", name="Udgået regel", retired_at=timezone.now())
    for who, name in pages:
        page = shown(who, name)
        assert "Det har kommunen bestemt" in page
        assert neutral not in page
        assert "Udgået regel" not in page
        assert (
            page.index("Før: kun egne sager")
            < page.index("Før: to ad gangen")
            < page.index("Efter: kun den ansvarlige")
        )
        assert "På mødet</strong>" not in page  # nothing is said of that phase
    with django_assert_num_queries(1):
        lookups()


def test_the_list_reminds_of_the_childs_view(tuesday, handed, people, client_for):
    """Until it is written, or the name is to be forgotten."""
    url, lacks = reverse("meetings:names", args=[tuesday.pk]), "Barnets mening mangler"
    anna = client_for(people["anna"])
    assert anna.get(url).content.decode().count(lacks) == len(handed)
    first, second = handed[:2]
    cases_writing.decide(by=people["anna"], case_item=first, decision="close")
    facts = cases_writing.CaseFacts(no_child_view="Barnet er ikke hørt endnu.")
    cases_writing.note_facts(by=people["anna"], case_item=second, facts=facts)
    assert anna.get(url).content.decode().count(lacks) == len(handed) - 2
