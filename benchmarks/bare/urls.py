from django.urls import include, path

from benchmarks.bare.views import bare

urlpatterns = [path("bench/bare/", bare), path("", include("tovholder.config.urls"))]
