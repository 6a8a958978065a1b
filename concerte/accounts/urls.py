"""Addresses of the room. Those django-allauth looks up by name stand outside the namespace; it has no other page here:
no password, no sign-up, no change of address."""

from django.urls import include, path

from concerte.accounts import notice_views, views

_own = [
    path("mon-espace", views.my_space, name="my_space"),
    path("mon-espace/courriels", notice_views.notices, name="notices"),
    path("mon-espace/courriels/arret/<str:token>", notice_views.stop_notices, name="stop_notices"),
    path("connexion/exemple", views.example_sign_in, name="example_sign_in"),
]
urlpatterns = [
    path("connexion", views.SignInView.as_view(), name="account_request_login_code"),
    path("connexion", views.SignInView.as_view(), name="account_login"),
    path("connexion/code", views.ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("deconnexion", views.SignOutView.as_view(), name="account_logout"),
    path("", include((_own, "accounts"))),
]
