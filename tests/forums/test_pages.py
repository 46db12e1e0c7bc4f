"""Pages of forums: what changed afterwards, and for whom they do not exist."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.factories import DistrictFactory, ForumFactory, ForumTypeFactory, PersonFactory, RoleFactory, join
from tovholder.directory.models import Person
from tovholder.forums.models import Charter, Membership, ParticipantReview


@pytest.fixture
def member_role(network):
    return RoleFactory()


def test_the_list_filters_and_counts(anna, network, client_for):
    district, kind = DistrictFactory(), ForumTypeFactory(key="raad", name="Råd")
    other = ForumFactory(name="Lokalråd", forum_type=kind)
    other.districts.add(district)
    closed = ForumFactory(name="Gammelt", closed_on=timezone.localdate(), successor=other)
    client, url = client_for(anna), reverse("forums:list")

    def names(**filters):
        return {each.name for each in client.get(url, filters, follow=True).context["page"]}

    assert names() == {"Netværk Vester", "Lokalråd"}
    assert names(vis="mine") == {"Netværk Vester"}
    assert names(vis="lukkede") == {closed.name}
    assert names(type=kind.pk) == names(district=district.pk) == names(q="råd") == {"Lokalråd"}
    assert "Ingen fora passer til det" in client.post(url, {"q": "findes ikke"}, follow=True).content.decode()
    assert "Afløst af Lokalråd" in client.get(url, {"vis": "lukkede"}).content.decode()


def test_a_member_sees_own_forums_only(bo, network, client_for):
    ForumFactory(name="Et andet")
    page = client_for(bo).get(reverse("forums:list"))
    assert [each.name for each in page.context["page"]] == ["Netværk Vester"]


@pytest.mark.parametrize("name", ["list", "members", "charter", "reviews"])
def test_pages_take_few_queries_however_much_there_is(anna, network, client_for, name):
    client = client_for(anna)
    url = reverse(f"forums:{name}", args=[] if name == "list" else [network.pk])

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    def more(version):
        person = PersonFactory()
        join(person, network)
        ForumFactory().districts.add(DistrictFactory())
        Charter.objects.create(forum=network, version=version, text="x", approved_on=timezone.localdate())
        ParticipantReview.objects.create(
            forum=network, person=person, occasion="meeting", on=timezone.localdate(), verdict="keep"
        )

    more(1)
    few = count()
    more(2)
    more(3)
    assert count() == few
    assert few <= 12


def test_adding_somebody_known(anna, network, member_role, client_for):
    person = PersonFactory()
    answer = client_for(anna).post(
        reverse("forums:member_new", args=[network.pk]),
        {"person": person.pk, "role": member_role.pk, "valid_from": "2026-01-01"},
    )
    assert answer.url == reverse("forums:members", args=[network.pk])
    assert Membership.objects.get(person=person).forum == network


def test_adding_somebody_new_as_a_guest(anna, network, member_role, client_for):
    client_for(anna).post(
        reverse("forums:member_new", args=[network.pk]),
        {
            "name": "Nora Nord",
            "email": "n@v.example",
            "role": member_role.pk,
            "valid_from": "2026-01-01",
            "is_guest": "on",
        },
    )
    assert Membership.objects.get(person__name="Nora Nord").is_guest


def test_neither_or_both_is_an_error_at_the_field(anna, network, member_role, client_for):
    url, base = (
        reverse("forums:member_new", args=[network.pk]),
        {"role": member_role.pk, "valid_from": "2026-01-01"},
    )
    both = {"person": PersonFactory().pk, "name": "Nora"}
    for more in ({}, both):
        answer = client_for(anna).post(url, base | more)
        assert answer.status_code == 422
        assert "Vælg en person, eller skriv navnet" in answer.content.decode()
    assert not Person.objects.filter(name="Nora").exists()


def test_role_and_period_are_edited(anna, bo, network, client_for):
    seat = Membership.objects.get(forum=network, person=bo.person)
    role = RoleFactory(key="ssp-laerer", name="SSP-lærer")
    client, url = client_for(anna), reverse("forums:member_edit", args=[seat.pk])
    client.post(url, {"role": role.pk, "valid_from": "2026-01-01", "valid_until": ""})
    seat.refresh_from_db()
    assert seat.role == role
    turned = client.post(url, {"role": role.pk, "valid_from": "2026-01-02", "valid_until": "2026-01-01"})
    assert turned.status_code == 422


@pytest.mark.parametrize(("who", "code"), [("bo", 403), ("dina", 404), ("lise", 404), ("hans", 200)])
def test_who_adds_members(personas, network, client_for, who, code):
    assert client_for(personas[who]).get(reverse("forums:member_new", args=[network.pk])).status_code == code


def test_a_charter_from_first_draft_to_pdf(anna, network, client_for):
    client, args = client_for(anna), [network.pk]
    client.post(reverse("forums:charter_new", args=args))
    client.post(reverse("forums:charter_edit", args=args), {"text": "# Formål\n\n- Trygge børn & unge 🙂"})
    assert "Kladde" in client.get(reverse("forums:charter", args=args)).content.decode()
    client.post(
        reverse("forums:charter_approve", args=args),
        {"approved_on": timezone.localdate().isoformat(), "approved_by": "Styregruppen"},
    )
    charter = Charter.objects.get()
    assert charter.approved_by == "Styregruppen"
    assert client.get(reverse("forums:charter_edit", args=args)).status_code == 404
    answer = client.get(reverse("forums:charter_pdf", args=[network.pk, 1]))
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.content))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Trygge børn & unge" in text
    assert "Styregruppen" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_versions_are_compared(anna, network, client_for):
    for version, text in ((1, "Ens\nGammelt"), (2, "Ens\nNyt")):
        Charter.objects.create(forum=network, version=version, text=text, approved_on=timezone.localdate())
    page = client_for(anna).get(reverse("forums:charter_compare", args=[network.pk])).content.decode()
    assert '<del class="th-grow">Gammelt</del>' in page
    assert '<ins class="th-grow">Nyt</ins>' in page


def test_a_draft_is_dropped_after_one_question(anna, network, client_for):
    Charter.objects.create(forum=network, version=1, text="x")
    client, url = client_for(anna), reverse("forums:charter_drop", args=[network.pk])
    assert "Det går tabt" in client.get(url).content.decode()
    assert Charter.objects.exists()
    client.post(url)
    assert not Charter.objects.exists()


def test_members_read_the_charter_and_do_not_write_it(bo, network, client_for):
    Charter.objects.create(forum=network, version=1, text="x", approved_on=timezone.localdate())
    client = client_for(bo)
    assert client.get(reverse("forums:charter", args=[network.pk])).status_code == 200
    assert client.post(reverse("forums:charter_new", args=[network.pk])).status_code == 403
    assert Charter.objects.count() == 1


# ---- the look at the participants: for everybody but the convener these pages do not exist


@pytest.mark.parametrize("who", ["bo", "dina", "frida", "grethe", "hans", "ida", "lise"])
def test_the_look_does_not_exist_for_others(personas, network, client_for, who):
    client, bo = client_for(personas[who]), personas["bo"].person
    review = ParticipantReview.objects.create(
        forum=network, person=bo, occasion="meeting", on=timezone.localdate(), verdict="ask"
    )
    assert client.get(reverse("forums:reviews", args=[network.pk])).status_code == 404
    assert client.get(reverse("forums:review", args=[network.pk, bo.pk])).status_code == 404
    tap = client.post(reverse("forums:review_tap", args=[network.pk]), {"tap": f"{bo.pk}-keep"})
    assert tap.status_code == 404
    assert client.post(reverse("forums:review_untap", args=[review.pk])).status_code == 404
    review.refresh_from_db()
    assert review.verdict == "ask"


def test_one_tap_goes_back_where_it_came_from(anna, bo, network, client_for):
    client, url = client_for(anna), reverse("forums:review_tap", args=[network.pk])
    answer = client.post(url, {"tap": f"{bo.person.pk}-thank", "next": "/moeder/7/efter/"})
    assert answer.url == "/moeder/7/efter/"
    assert ParticipantReview.objects.get().verdict == "thank"
    away = client.post(url, {"tap": f"{bo.person.pk}-thank", "next": "//evil.example/"})
    assert away.url == reverse("forums:reviews", args=[network.pk])


@pytest.mark.parametrize("given", ["{}-fire", "{}", "{}-", "x-keep", "999999-keep", "-keep", ""])
def test_a_forged_tap_finds_nothing(anna, bo, network, client_for, given):
    sent = {"tap": given.format(bo.person.pk)}
    answer = client_for(anna).post(reverse("forums:review_tap", args=[network.pk]), sent)
    assert answer.status_code == 404
    assert not ParticipantReview.objects.exists()


def test_the_yearly_look_is_saved_in_words(anna, bo, network, client_for):
    client = client_for(anna)
    url = reverse("forums:review", args=[network.pk, bo.person.pk])
    client.post(
        url, {"relevance": "3", "meaning": "", "outcome": "1", "verdict": "keep", "note": "Kommer med idéer"}
    )
    review = ParticipantReview.objects.get()
    assert (review.relevance, review.meaning, review.outcome, review.occasion) == (3, None, 1, "yearly")
    page = client.get(reverse("forums:reviews", args=[network.pk])).content.decode()
    assert "<strong>1 deltager</strong> mangler dit blik" in page
    assert client.post(url, {"relevance": "9", "verdict": "keep"}).status_code == 422
