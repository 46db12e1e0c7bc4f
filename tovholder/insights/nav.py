"""What insights offers in the navigation."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.insights.policy import may_read_log
from tovholder.ui.navigation import NavItem


def entries(request: HttpRequest) -> list[NavItem]:
    items = [NavItem(label=_("Min dag"), url=reverse("insights:my_day"), icon="home", order=0)]
    if may_read_log(request.user):
        items.append(NavItem(label=_("Log"), url=reverse("insights:log"), icon="view-in-list", order=120))
    return items
