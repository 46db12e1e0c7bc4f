"""What is noted beside the minutes of a case: the duty to inform, and whether the child's words are shared."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.meetings.cases.test_minutes import approved, written  # noqa: F401 - fixtures
from tovholder.audit.models import Event
from tovholder.concerns.models import Category
from tovholder.meetings.models import CaseItem
from tovholder.meetings.services import cases_writing, releasing
from tovholder.meetings.services.cases_papers import case_document
from tovholder.meetings.services.cases_reading import show_case


def test_the_duty_to_inform_is_shown_until_it_is_answered(approved, people, client_for):  # noqa: F811
    """Mostly the family is told after the minutes are approved; the answer is no part of them."""
    anna = client_for(people["anna"])
    page = reverse("meetings:case", args=[approved.meeting_id, approved.pk])
    lists = reverse("meetings:case_list", args=[approved.meeting_id])
    note = reverse("meetings:case_information", args=[approved.meeting_id, approved.pk])
    today = timezone.localdate()
    assert "Familien skal have besked senest" in anna.get(page).content.decode()
    assert "Oplysningspligt: senest" in anna.get(lists).content.decode()
    CaseItem.objects.filter(pk=approved.pk).update(information_due_on=today - timedelta(days=1))
    assert "Familien skulle have haft besked senest" in anna.get(page).content.decode()
    assert "skulle være opfyldt" in anna.get(lists).content.decode()
    for wrong in (
        {"information_given_on": today + timedelta(days=1)},
        {"information_given_on": today, "no_information": "Barnet skal beskyttes"},
    ):
        assert anna.post(note, wrong).status_code == 422
    assert anna.post(note, {"no_information": "Barnet skal beskyttes"}).status_code == 302
    approved.refresh_from_db()
    assert b"beskyttes" not in bytes(approved.no_information)
    assert not approved.owes_information
    said = anna.get(page).content.decode()
    assert "Barnet skal beskyttes" in said
    assert "Familien skulle have haft besked" not in said
    assert anna.post(note, {"information_given_on": today}).status_code == 302
    event = Event.objects.filter(action="case_item.information_noted").latest("pk")
    assert event.details == {"given": True, "exception": False}
    view = show_case(by=people["anna"], case_item=CaseItem.objects.get(pk=approved.pk), purpose="meeting")
    parts = case_document(by=people["anna"], view=view, form="pdf").items
    assert [each.text.startswith("Givet den") for each in parts if each.heading == "Besked til familien"] == [
        True
    ]


def test_nobody_is_led_to_tell_a_family_under_suspicion(approved, people, named, client_for):  # noqa: F811
    category = Category.objects.create(key="vold", name="Vold", suspicion="suspected_violence_by_family")
    named.categories.add(category)
    page = reverse("meetings:case", args=[approved.meeting_id, approved.pk])
    said = client_for(people["anna"]).get(page).content.decode()
    assert "familien får intet at vide, før myndigheden siger til" in said
    assert "om, at I har talt om barnet" not in said
    CaseItem.objects.update(information_due_on=timezone.localdate() - timedelta(days=3))
    url = reverse("meetings:case_list", args=[approved.meeting_id])
    listed = client_for(people["anna"]).get(url).content.decode()
    assert "Familien får intet at vide, før myndigheden siger til" in listed
    assert "Oplysningspligt" not in listed
    named.categories.clear()
    assert "Oplysningspligt: skulle være opfyldt" in client_for(people["anna"]).get(url).content.decode()


def test_only_who_writes_in_the_case_answers_the_duty_to_inform(approved, people, client_for):  # noqa: F811
    note = reverse("meetings:case_information", args=[approved.meeting_id, approved.pk])
    sent = {"information_given_on": timezone.localdate()}
    assert client_for(people["carla"]).post(note, sent).status_code == 403
    for name in ("frida", "erik", "grethe"):
        assert client_for(people[name]).post(note, sent).status_code == 404, name
    assert CaseItem.objects.get(pk=approved.pk).owes_information


def test_the_childs_agreement_is_chosen_beside_its_words(opened, people, client_for):
    anna = client_for(people["anna"])
    path = reverse("meetings:case_facts", args=[opened.meeting_id, opened.pk])
    assert anna.post(path, {"child_agrees": "on"}).status_code == 422
    anna.post(path, {"child_view": "Han vil spille fodbold.", "child_agrees": "on"})
    opened.refresh_from_db()
    assert opened.child_agrees
    assert releasing.childs_words_at_meetings(opened.concern) == []
    anna.post(path, {"child_view": "Han vil spille fodbold."})
    assert releasing.childs_words_at_meetings(opened.concern) == ["Han vil spille fodbold."]
    told = Event.objects.filter(action="case_item.child_agreement_set").order_by("pk")
    assert [each.details["agrees"] for each in told] == [True, False]


def test_a_yes_is_to_the_words_as_they_stood_and_given_anew_to_others(opened, people, client_for):
    anna = client_for(people["anna"])
    path = reverse("meetings:case_facts", args=[opened.meeting_id, opened.pk])
    shown = anna.get(reverse("meetings:case", args=[opened.meeting_id, opened.pk])).content.decode()
    assert '<input type="hidden" name="agreed_before" value="False" id="id_agreed_before">' in shown
    for words, before, tick, after in (
        ("Fodbold hver dag.", "False", True, True),
        ("Fodbold hver dag.", "False", False, True),  # an old page: somebody else has written the yes
        ("Kun om lørdagen.", "True", True, False),  # other words than those it said yes to
        ("Kun om lørdagen.", "True", True, False),  # an old page: the yes is gone since
        ("Kun om søndagen.", "False", True, True),
        ("Kun om søndagen.", "True", False, False),
    ):
        sent = {"child_view": words, "agreed_before": before} | ({"child_agrees": "on"} if tick else {})
        assert anna.post(path, sent).status_code == 302
        opened.refresh_from_db()
        assert opened.child_agrees is after, (words, before, tick)


def test_noting_the_childs_view_leaves_what_was_taken_back(opened, people, monkeypatch):
    """What another step writes of the case meanwhile is not written over with what was read before."""
    CaseItem.objects.filter(pk=opened.pk).update(released_at=timezone.now(), child_agrees=True)

    def take_back(**_given):
        CaseItem.objects.filter(pk=opened.pk).update(released_at=None, child_agrees=False)

    monkeypatch.setattr(cases_writing, "set_child_agrees", take_back)
    facts = cases_writing.CaseFacts(child_view="Noget andet.")
    item = cases_writing.note_facts(by=people["anna"], case_item=opened, facts=facts)
    assert CaseItem.objects.get(pk=opened.pk).released_at is None
    assert (item.released_at, item.child_agrees) == (None, False)


def test_the_duty_to_inform_goes_by_its_answer_only(approved, people, client_for):  # noqa: F811
    anna = client_for(people["anna"])
    note = reverse("meetings:case_information", args=[approved.meeting_id, approved.pk])
    due = CaseItem.objects.get(pk=approved.pk).information_due_on
    assert anna.post(note, {"information_due_on": ""}).status_code == 302
    approved.refresh_from_db()
    assert approved.information_due_on == due is not None
    assert approved.owes_information
    later = due + timedelta(days=3)
    anna.post(note, {"information_due_on": later})
    approved.refresh_from_db()
    assert approved.information_due_on == later


def test_the_paper_says_nothing_of_telling_where_nothing_was_due(approved, people):  # noqa: F811
    def told():
        view = show_case(by=people["anna"], case_item=CaseItem.objects.get(pk=approved.pk), purpose="meeting")
        parts = case_document(by=people["anna"], view=view, form="pdf").items
        assert [each.number for each in parts] == list(range(1, len(parts) + 1))
        return [each.text for each in parts if each.heading == "Besked til familien"]

    assert told() == ["Ikke skrevet ned"]
    CaseItem.objects.filter(pk=approved.pk).update(information_due_on=None)
    assert told() == []
