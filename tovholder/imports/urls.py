"""Addresses of imports: the administrator's under the set-up, and the convener's agreements from Word under the forum."""

from django.urls import include, path

from tovholder.imports.views import batches, word

app_name = "imports"
files = [
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
urlpatterns = [
    path("opsaetning/import/", include(files)),
    path("fora/<int:pk>/aftaler-fra-word/", word.upload, name="word"),
    path("fora/<int:pk>/aftaler-fra-word/hent-ind/", word.bring, name="word_bring"),
]
