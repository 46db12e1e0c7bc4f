"""A page that shows which case one is about to take up writes that it was shown, as the other steps of a case do."""

from __future__ import annotations

from django.urls import reverse

from tovholder.audit.models import Event


def test_with_a_name(named, people, client_for):
    answer = client_for(people["anna"]).get(reverse("meetings:case_plan", args=[named.code]))
    assert named.code in answer.content.decode()
    line = Event.objects.get(kind=Event.Kind.READ, object_type="concerns.concern", purpose="step")
    assert line.object_id == str(named.pk)


def test_without_a_name(concern, people, client_for):
    answer = client_for(people["anna"]).get(reverse("meetings:case_take_up", args=[concern.code]))
    assert concern.code in answer.content.decode()
    assert Event.objects.filter(kind=Event.Kind.READ, object_id=str(concern.pk), purpose="step").exists()
