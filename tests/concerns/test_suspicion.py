"""While somebody in a family is suspected, no reminder of a concern leads to the family being told or asked (rule 22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone

from tovholder.accounts.models import User
from tovholder.concerns.models import Category, Team
from tovholder.concerns.services import notifying


def test_where_the_family_is_suspected_no_letter_goes_home(
    anna: User, erik: User, raise_one: Any, ssp: Team, municipality: Any, client_for: Callable[[User], Client]
) -> None:
    named = raise_one(erik, children=1)
    at = f"/bekymringer/{named.code}/"
    path = f"{at}fravaer/{named.children.get().code}/"
    quarter = notifying.quarter_of(timezone.localdate())
    client_for(anna).post(path, {"quarter": quarter, "percent": 12})
    led = {at: "Spørg skolen, om det er gjort.", path: "Skolen skal skrive til hjemmet om fraværet"}
    for page, said in led.items():
        assert said in client_for(anna).get(page).content.decode()
    named.categories.add(
        Category.objects.create(key="vold", name="Vold", suspicion=Category.Suspicion.BY_FAMILY)
    )
    for page, said in led.items():
        text = client_for(anna).get(page).content.decode()
        assert "spørg først myndigheden, om skolen må skrive" in text
        assert said not in text
        assert "skal skrive til hjemmet" not in text
