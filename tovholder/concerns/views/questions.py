"""A question: put by who works on the concern, answered by the person asked, who sees no more than it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.concerns.forms import working as forms
from tovholder.concerns.lists import may_be_asked_about
from tovholder.concerns.models import Question
from tovholder.concerns.policy import Part
from tovholder.concerns.queries import questions_to, visible_to
from tovholder.concerns.services import asking
from tovholder.concerns.views.concern import readable
from tovholder.concerns.views.steps import form_page, saved, step_page


@form_page
def ask(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    people, title = may_be_asked_about(found), _("Stil et spørgsmål")
    if not people.exists():
        here = reverse("concerns:concern", args=[code])
        crumbs = [(_("Bekymringer"), reverse("concerns:list")), (str(found), here), (title, "")]
        return render(
            request, "concerns/ask_nobody.html", {"concern": found, "title": title, "crumbs": crumbs}
        )
    form = forms.QuestionForm(request.POST or None, concern=found, people=people)
    if form.is_valid() and saved(form, asking.ask, by=request.user, concern=found, **form.cleaned_data):
        messages.success(request, _("Spørgsmålet er sendt."))
        return redirect("concerns:course", code)
    return step_page(request, found, form, title=title, button=_("Send spørgsmålet"))


@form_page
def question(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(questions_to(request.user), pk=pk)
    form = forms.AnswerForm(request.POST or None, concern=found.concern)
    if form.is_valid() and saved(form, asking.answer, by=request.user, question=found, **form.cleaned_data):
        messages.success(request, _("Tak. Dit svar er sendt."))
        return redirect("concerns:question", pk)
    view = asking.show_question(by=request.user, question=found)
    return render(request, "concerns/question.html", {"view": view, "form": form, "question": found})


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    readable_concerns = visible_to(request.user, Part.ALL)
    rows = Question.objects.filter(concern__in=readable_concerns, withdrawn_at=None)
    found = get_object_or_404(rows.select_related("concern"), pk=pk)
    asking.withdraw(by=request.user, question=found)
    messages.success(request, _("Spørgsmålet er trukket tilbage."))
    return redirect("concerns:course", found.concern.code)
