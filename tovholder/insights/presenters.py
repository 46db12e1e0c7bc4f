"""What the log says in words: a sentence for each line, one word for each kind of thing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tovholder.accounts.models import Role
from tovholder.audit.models import Event
from tovholder.concerns.models import ConcernStatus
from tovholder.insights.sentences import SENTENCES

OBJECT_WORDS = {
    "accounts.user": gettext_lazy("Login"),
    "citizens.child": gettext_lazy("Barn"),
    "concerns.concern": gettext_lazy("Sag"),
    "directory.organisation": gettext_lazy("Organisation"),
    "directory.person": gettext_lazy("Person"),
    "directory.post": gettext_lazy("Post på skole"),
    "directory.school": gettext_lazy("Skole"),
    "directory.schoolholiday": gettext_lazy("Skoleferie"),
    "documents.attachment": gettext_lazy("Bilag"),
    "forums.charter": gettext_lazy("Kommissorium"),
    "forums.forum": gettext_lazy("Forum"),
    "forums.membership": gettext_lazy("Medlemskab"),
    "forums.participantreview": gettext_lazy("Vurdering af deltager"),
    "imports.batch": gettext_lazy("Import"),
    "meetings.agendaitem": gettext_lazy("Punkt"),
    "meetings.caseitem": gettext_lazy("Sag på møde"),
    "meetings.calendarfeed": gettext_lazy("Kalenderadresse"),
    "meetings.meeting": gettext_lazy("Møde"),
    "meetings.relay": gettext_lazy("Sendt videre"),
    "meetings.series": gettext_lazy("Række af møder"),
    "meetings.topic": gettext_lazy("Emne"),
    "outbox.outgoingmail": gettext_lazy("Mail"),
    "oversight.review": gettext_lazy("Loggennemgang"),
    "plans.agreement": gettext_lazy("Aftale"),
    "setup.setupfile": gettext_lazy("Opsætningsfil"),
    "yearwheel.planningrule": gettext_lazy("Regel for årshjulet"),
    "yearwheel.yearplan": gettext_lazy("Årsplan"),
}

PURPOSES = {
    "agenda": gettext_lazy("på dagsordenen"),
    "agreement": gettext_lazy("på aftalens egen side"),
    "agenda file": gettext_lazy("i dagsordenen som fil"),
    "attachment": gettext_lazy("i et bilag"),
    "absence": gettext_lazy("på siden om fravær"),
    "change the agreement": gettext_lazy("for at ændre aftalen"),
    "chronology": gettext_lazy("i barnets samlede forløb"),
    "concern": gettext_lazy("på sagens side"),
    "course": gettext_lazy("i sagens forløb"),
    "facts": gettext_lazy("for at rette oplysninger om den"),
    "step": gettext_lazy("for at skrive i den"),
    "forum": gettext_lazy("på forummets side"),
    "handover": gettext_lazy("ved overdragelse"),
    "list file": gettext_lazy("i en liste som fil"),
    "list": gettext_lazy("på en liste"),
    "meeting": gettext_lazy("under mødet"),
    "network calling": gettext_lazy("for at indkalde til netværksmødet"),
    "network list": gettext_lazy("i listen over netværksmøder"),
    "network family": gettext_lazy("for at give familien links"),
    "network file": gettext_lazy("i skemaet som fil"),
    "network meeting": gettext_lazy("på netværksmødet"),
    "network minutes": gettext_lazy("i referatet af netværksmødet"),
    "minutes file": gettext_lazy("i referatet som fil"),
    "case": gettext_lazy("i sagen"),
    "consent": gettext_lazy("om samtykke"),
    "consent_form": gettext_lazy("til en samtykkeformular"),
    "minutes": gettext_lazy("i referatet"),
    "my day": gettext_lazy("på Min dag"),
    "new plan": gettext_lazy("for at lave en indsatsaftale"),
    "notification page": gettext_lazy("på siden om underretning"),
    "own child": gettext_lazy("om sit eget barn"),
    "own list": gettext_lazy("i listen over egne bekymringer"),
    "plan": gettext_lazy("på indsatsaftalens side"),
    "plans list": gettext_lazy("i listen over indsatsaftaler"),
    "release of the plan": gettext_lazy("for at frigive den til familien"),
    "protected_address": gettext_lazy("med den beskyttede adresse"),
    "question": gettext_lazy("der blev stillet"),
    "readers": gettext_lazy("på siden »Hvem kan se dette«"),
    "rewrite": gettext_lazy("for at skrive dem om"),
    "right_of_access": gettext_lazy("efter ønske fra familien"),
    "team list": gettext_lazy("på et teams liste"),
    "topic": gettext_lazy("på emnets egen side"),
    "triage": gettext_lazy("ved fordeling af sager"),
    "merge": gettext_lazy("for at se, om to oprettelser er det samme barn"),
    "who does what": gettext_lazy("på siden »Hvem gør hvad«"),
    "who does what file": gettext_lazy("i »Hvem gør hvad« som fil"),
    "write in the plan": gettext_lazy("for at skrive i den"),
}

GROUNDS = {
    "asked": gettext_lazy("er blevet spurgt"),
    "at_the_table": gettext_lazy("sidder med ved bordet"),
    "case_team": gettext_lazy("er i sagens team"),
    "consent": gettext_lazy("nævnt i et samtykke"),
    "early_cooperation": gettext_lazy("tidligt forebyggende samarbejde"),
    "forum_member": gettext_lazy("sidder i forummet"),
    "helper": gettext_lazy("hjælper med aftalen"),
    "own_case": gettext_lazy("er familie til barnet"),
    "own_or_told": gettext_lazy("arbejder med sagen eller har fået den åbnet på mødet"),
    "own_or_triager": gettext_lazy("er i SSP-teamet eller sagens team, eller har selv rejst den"),
    "part_or_member": gettext_lazy("har del i aftalen eller sidder i forummet"),
    "participation": gettext_lazy("familien er med"),
    "raised": gettext_lazy("har selv rejst den"),
    "takes_part": gettext_lazy("er med på netværksmødet eller arbejder med sagen"),
    "responsible": gettext_lazy("er ansvarlig for aftalen"),
    "rpl115": gettext_lazy("kriminalitetsforebyggende samarbejde"),
    "triager": gettext_lazy("er i SSP-teamet"),
}


# What of a concern was corrected.
_FACTS = {
    "categories": gettext_lazy("hvad den handler om"),
    "district": gettext_lazy("distrikt"),
    "organisation": gettext_lazy("skole eller sted"),
    "scale_level": gettext_lazy("bekymringsgrad"),
}


def ground_word(ground: str) -> str:
    """Say on what ground something was read; one of an older version is shown as it is."""
    return str(GROUNDS.get(ground, ground))


def sentence(event: Event) -> str:
    """Say what happened, without the name that goes before it. An action of an older version is shown as it is."""
    known = SENTENCES.get(event.action)
    words = str(known) if known is not None else event.action
    if event.purpose:
        words = f"{words} {PURPOSES.get(event.purpose, event.purpose)}"
    extra = _extra(event)
    return f"{words} ({extra})" if extra else words


def _extra(event: Event) -> str:
    """Say the little more that some actions carry: which roles, how many mails, which page was refused."""
    details: dict[str, Any] = event.details
    if event.action in {"concern.status_set", "concern.taken_on"}:
        return _concern_status(str(details.get("status", "")))
    if event.action == "concern.facts_set":
        return ", ".join(str(_FACTS.get(each, each)) for each in details.get("changed", []))
    if event.action in {"concern.listed", "case_item.listed"} and "concerns" in details:
        n = len(details["concerns"])
        return ngettext("%(n)d sag", "%(n)d sager", n) % {"n": n}
    if event.action == "login.roles_set":
        given, taken = (", ".join(_role(role) for role in details.get(key, [])) for key in ("given", "taken"))
        parts = (
            _("givet: %(roles)s") % {"roles": given} if given else "",
            _("taget: %(roles)s") % {"roles": taken} if taken else "",
        )
        return "; ".join(part for part in parts if part)
    if event.action == "login.sessions_ended":
        n = details.get("sessions", 0)
        return ngettext("%(n)d sted", "%(n)d steder", n) % {"n": n}
    if event.action == "access.refused":
        return str(details.get("path", ""))
    if event.action == "log.exported":
        return (
            ngettext("%(n)d linje", "%(n)d linjer", details["rows"]) % {"n": details["rows"]}
            if "rows" in details
            else ""
        )
    if event.action == "table.exported":
        n = details.get("rows", 0)
        rows = ngettext("%(n)d række", "%(n)d rækker", n) % {"n": n}
        return f"{details.get('table', '')}, {rows}"
    if event.action in {"log.purged", "log.verified"}:
        counted = ngettext("%(n)d linje", "%(n)d linjer", details["rows"]) % {"n": details["rows"]}
        if "faults" not in details:
            return counted
        n = details["faults"]
        faults = ngettext("%(n)d fejl", "%(n)d fejl", n) % {"n": n} if n else _("ingen fejl")
        return f"{counted}, {faults}"
    if event.action.endswith(".anonymous_read"):
        return _seen(details)
    if isinstance(mails := details.get("mails"), int):
        return ngettext("%(n)d mail", "%(n)d mails", mails) % {"n": mails}
    return ""


def _seen(details: dict[str, Any]) -> str:
    """Say how much was read: "2 punkter, 1 aftale"."""
    counts = {kind: len(details.get(kind, [])) for kind in ("items", "agreements", "topics")}
    words = {
        "items": ngettext("%(n)d punkt", "%(n)d punkter", counts["items"]),
        "agreements": ngettext("%(n)d aftale", "%(n)d aftaler", counts["agreements"]),
        "topics": ngettext("%(n)d emne", "%(n)d emner", counts["topics"]),
    }
    return ", ".join(words[kind] % {"n": count} for kind, count in counts.items() if count)


def _concern_status(status: str) -> str:
    return str(ConcernStatus(status).label) if status in ConcernStatus.values else status


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def object_word(object_type: str) -> str:
    """Name the kind of thing an event is about."""
    known = OBJECT_WORDS.get(object_type)
    return str(known) if known is not None else object_type


def actions_matching(text: str) -> list[str]:
    """Return the actions whose sentence holds every word of the text."""
    words = text.casefold().split()
    return [
        action for action, said in SENTENCES.items() if all(word in str(said).casefold() for word in words)
    ]
