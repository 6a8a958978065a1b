"""The addresses of the site, room by room."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from concerte.common.views import content_security_report

urlpatterns = [
    path("admin/", admin.site.urls),
    path("rapport-csp", content_security_report, name="content_security_report"),
    path("langue", set_language, name="set_language"),
    path("", include("concerte.publication.machine_urls")),
    path("", include("concerte.documents.urls")),
    *i18n_patterns(
        path("", include("concerte.accounts.urls")),
        path("", include("concerte.partners.urls")),
        path("", include("concerte.lineage.urls")),
        path("", include("concerte.concertation.urls")),
        path("", include("concerte.governance.urls")),
        path("", include("concerte.programme.urls")),
        path("", include("concerte.publication.urls")),
        prefix_default_language=False,
    ),
]

handler404 = "concerte.common.views.not_found"
handler403 = "concerte.common.views.forbidden"
handler500 = "concerte.common.views.server_error"
