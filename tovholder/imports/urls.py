"""Addresses of imports."""

from django.urls import path

from tovholder.imports.views import batches

app_name = "imports"
urlpatterns = [
    path("", batches.index, name="index"),
    path("<int:pk>/", batches.batch, name="batch"),
    path("<int:pk>/hent-ind/", batches.start, name="start"),
    path("<int:pk>/proev-igen/", batches.start_again, name="start_again"),
    path("<int:pk>/kasser/", batches.discard, name="discard"),
    path("<int:pk>/fortryd/", batches.undo, name="undo"),
    path("<slug:key>/", batches.upload, name="upload"),
    path("<slug:key>/skabelon.csv", batches.template_csv, name="template_csv"),
    path("<slug:key>/skabelon.xlsx", batches.template_xlsx, name="template_xlsx"),
]
