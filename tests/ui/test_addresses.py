"""`{% url %}` with the way found once writes what Django's own writes, or fails as it does."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tovholder.ui.templatetags.addresses import AddressNode, address

NAMES = [
    "meetings:before",
    "meetings:item_edit",
    "meetings:capture_edit",
    "meetings:list",
    "insights:forum",
    "concerns:concern",
    "children:child",
    "meetings:topics",
    "concerns:team",
]
CODES = st.one_of(
    st.from_regex(r"[0-9]{2}-[0-9]{3,8}", fullmatch=True), st.sampled_from(["٣٤-٣٤٥", "26-1 ", "B-ABCDEF"])
)


def drawn(name, args):
    return Template(
        "{% url name a b c %}".replace(" a b c", "".join(f" a{n}" for n in range(len(args))))
    ).render(Context({"name": name, **{f"a{n}": value for n, value in enumerate(args)}}))


@settings(deadline=None)  # the first address reads the whole resolver
@given(
    st.sampled_from(NAMES),
    st.lists(st.one_of(st.integers(-9, 10**12), st.just("x"), st.booleans(), CODES), max_size=3),
)
def test_it_writes_what_django_writes(name, args):
    try:
        expected = reverse(name, args=args)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            drawn(name, args)
    else:
        assert drawn(name, args) == expected
        assert address(name, *args) == expected


def test_it_is_the_one_that_templates_get():
    assert type(Template("{% url 'meetings:before' 1 %}").nodelist[0]) is AddressNode
