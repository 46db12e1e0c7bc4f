from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benchmarks.bare.models import Row


def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "bare.html", {"rows": Row.objects.order_by("-pk")[:25]})
