"""`{% url %}` with the way found once writes what Django's own writes, or fails as it does."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tovholder.ui.templatetags.addresses import AddressNode

NAMES = ["meetings:before", "meetings:item_edit", "meetings:capture_edit", "meetings:list", "insights:forum"]


def drawn(name, args):
    return Template(
        "{% url name a b c %}".replace(" a b c", "".join(f" a{n}" for n in range(len(args))))
    ).render(Context({"name": name, **{f"a{n}": value for n, value in enumerate(args)}}))


@settings(deadline=None)  # the first address reads the whole resolver
@given(
    st.sampled_from(NAMES),
    st.lists(st.one_of(st.integers(-9, 10**12), st.just("x"), st.booleans()), max_size=3),
)
def test_it_writes_what_django_writes(name, args):
    try:
        expected = reverse(name, args=args)
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            drawn(name, args)
    else:
        assert drawn(name, args) == expected


def test_it_is_the_one_that_templates_get():
    assert type(Template("{% url 'meetings:before' 1 %}").nodelist[0]) is AddressNode
