"""What was written of a concern about several children is written anew without the one who is to be erased."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record, record_reading
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, ConcernChild, Factor
from tovholder.concerns.wording import factors_json

FIELDS = ("seen", "since", "tried", "works", "offence", "outcome")
# Words of one's own beside those of the municipality, a line each.
OWN_FACTORS = {"own_risk": "risk", "own_protective": "protective"}


def is_rewritten(concern: Concern, link: ConcernChild) -> bool:
    """Whether the texts were written anew without the child, and nothing was written since."""
    since = link.rewritten_at
    if since is None:
        return False
    later = concern.questions.filter(Q(asked_at__gt=since) | Q(answered_at__gt=since))
    return not concern.entries.filter(at__gt=since).exists() and not later.exists()


@transaction.atomic
def texts_to_rewrite(*, by: User, concern: Concern) -> dict[str, Opened]:
    """Open every text of a concern that may tell of one of its children. Raises Refused.

    By field, side of own factors, `entry_<id>`, `question_<id>` or `answer_<id>`.
    """
    decision = policy.may_triage(by, concern).require()
    record_reading(by=by, action="concern.read", obj=concern, purpose="rewrite", ground=decision.basis)
    safe = Safe.of([concern])
    found = {name: safe.read(concern, name) for name in FIELDS}
    factors = _factors(safe, concern)
    for name, side in OWN_FACTORS.items():
        found[name] = Opened("\n".join(_own(factors.get(side, []))))
    for entry in concern.entries.all():
        entry.concern = concern
        found[f"entry_{entry.pk}"] = safe.read(entry, "text")
    for question in concern.questions.all():
        question.concern = concern
        for field in ("question", "answer"):
            found[f"{field}_{question.pk}"] = safe.read(question, field)
    return {name: opened for name, opened in found.items() if opened}


@transaction.atomic
def rewrite(*, by: User, link: ConcernChild, texts: Mapping[str, str]) -> None:
    """Write the texts of a concern anew without the child who is to be erased. Raises Refused, ValidationError."""
    concern = Concern.objects.select_for_update().get(pk=link.concern_id)
    policy.may_triage(by, concern).require()
    if "seen" in texts and not texts["seen"].strip():
        raise ValidationError({"seen": [_("Skriv, hvad der er set, uden barnet.")]})
    safe = Safe.of([concern])
    fields = {name: texts[name].strip() for name in FIELDS if name in texts}
    if OWN_FACTORS.keys() & texts.keys():
        fields["factors"] = _with_own(_factors(safe, concern), texts)
    changed = safe.write(concern, **fields)
    concern.version += 1
    concern.save(update_fields=[*changed, "version"])
    for entry in concern.entries.all():
        entry.concern = concern
        new = texts.get(f"entry_{entry.pk}")
        if new is not None and safe.write(entry, text=new.strip()):
            entry.save(update_fields=["text"])
    for question in concern.questions.all():
        question.concern = concern
        anew = {name: texts.get(f"{name}_{question.pk}") for name in ("question", "answer")}
        written = safe.write(
            question, **{name: text.strip() for name, text in anew.items() if text is not None}
        )
        if written:
            question.save(update_fields=written)
    link.rewritten_at = timezone.now()
    link.save(update_fields=["rewritten_at"])
    record(by=by, action="concern.rewritten", obj=concern, details={"child": link.child_id})


def _factors(safe: Safe, concern: Concern) -> dict[str, list[str]]:
    opened = safe.read(concern, "factors")
    found: dict[str, list[str]] = json.loads(opened.text) if opened.text else {}
    return found


def _own(words: list[str]) -> list[str]:
    known = set(Factor.objects.filter(key__in=words).values_list("key", flat=True))
    return [each for each in words if each not in known]


def _with_own(factors: dict[str, list[str]], texts: Mapping[str, str]) -> str:
    """Return the factors with these own words in place of those that stood there."""
    sides = {}
    for name, side in OWN_FACTORS.items():
        stood = factors.get(side, [])
        own = _own(stood)
        if name in texts:
            sides[side] = [each for each in stood if each not in own]
            sides[side] += [line.strip() for line in texts[name].splitlines() if line.strip()]
        else:
            sides[side] = stood
    return factors_json(sides["risk"], sides["protective"])
