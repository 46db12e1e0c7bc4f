"""A question to one person, as to the child's adviser through the fixed contact person, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record, record_reading
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, Question
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.outbox.services import queue_mail


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question in clear for one page."""

    question: Question
    text: Opened
    answer: Opened


@transaction.atomic
def ask(*, by: User, concern: Concern, to_person: Person, text: str) -> Question:
    """Put a question to a person, who sees the question and no more. Raises Refused, ValidationError by field."""
    policy.may_work(by, concern).require()
    faults: dict[str, str] = {}
    if not text.strip():
        faults["text"] = _("Skriv spørgsmålet.")
    if not (decision := policy.may_be_asked(to_person)):
        faults["to_person"] = str(decision.reason)
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})
    person = person_of(by)
    question = Question(
        concern=concern, to_person=to_person, asked_by=by.audit_key, asked_at=timezone.now(),
        asked_by_name=person.name if person is not None else str(by),
    )  # fmt: skip
    Safe.of([concern]).write(question, question=text.strip())
    question.save()
    record(by=by, action="concern.asked", obj=concern, details={"question": question.pk})
    if to_person.email:
        link = f"{settings.PUBLIC_URL}{reverse('concerns:question', args=[question.pk])}"
        queue_mail(
            to=to_person.email,
            subject=_("Et spørgsmål til dig i Tovholder"),
            body=_(
                "Hej\n\nEn kollega har stillet dig et spørgsmål. Log ind for at læse det og svare:\n\n%(link)s"
            )
            % {"link": link},
            about=f"question-{question.pk}",
        )
    return question


@transaction.atomic
def show_question(*, by: User, question: Question) -> QuestionView:
    """Open the question for the person asked, and log it. Raises Refused."""
    decision = policy.may_answer(by, question).require()
    record_reading(
        by=by, action="concern.question_read", obj=question.concern, purpose="question", ground=decision.basis
    )
    safe = Safe.of([question.concern])
    return QuestionView(question, safe.read(question, "question"), safe.read(question, "answer"))


@transaction.atomic
def answer(*, by: User, question: Question, text: str) -> Question:
    """Answer the question; once more writes the answer anew. Raises Refused, ValidationError by field."""
    policy.may_answer(by, question).require()
    if not text.strip():
        raise ValidationError({"text": [_("Skriv dit svar.")]})
    Safe.of([question.concern]).write(question, answer=text.strip())
    question.answered_at = timezone.now()
    question.save(update_fields=["answer", "answered_at"])
    record(by=by, action="concern.answered", obj=question.concern, details={"question": question.pk})
    return question


@transaction.atomic
def withdraw(*, by: User, question: Question) -> None:
    """Take a question back: the person asked sees it no longer. Raises Refused."""
    policy.may_work(by, question.concern).require()
    question.withdrawn_at = timezone.now()
    question.save(update_fields=["withdrawn_at"])
    record(
        by=by, action="concern.question_withdrawn", obj=question.concern, details={"question": question.pk}
    )
