"""The roles anyone at this machine may try in example mode."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What a reverse proxy adds. Someone far away could then pass for someone at this machine.
_FORWARDING_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via")


@dataclass(frozen=True)
class ExampleRole:
    """key: what is sent. address: of the account, in a domain that receives nothing. label, detail: what is read."""

    key: str
    address: str
    name: str
    label: str | Promise
    detail: str | Promise


ROLES = (
    ExampleRole(
        "coordination",
        "coordination@exemple.invalid",
        "Coordination (exemple)",
        _("Coordination du programme"),
        _("État\u00a0: écrit, soumet le texte aux collèges, publie, gère les rattachements."),
    ),
    ExampleRole(
        "pilot",
        "pilote@exemple.invalid",
        "Pilote État (exemple)",
        _("Pilote d’actions de l’État"),
        _("Représente un service de l’État\u00a0: écrit, approuve en son nom."),
    ),
    ExampleRole(
        "representative",
        "representante@exemple.invalid",
        "Représentante d’association (exemple)",
        _("Représentante d’une association d’élus"),
        _("Collège des collectivités\u00a0: écrit, approuve au nom de l’association."),
    ),
    ExampleRole(
        "contributor",
        "contributeur@exemple.invalid",
        "Contributeur d’association (exemple)",
        _("Contributeur d’une association d’élus"),
        _("Collège des collectivités\u00a0: écrit, sans engager l’association."),
    ),
    ExampleRole(
        "reader",
        "lecteur@exemple.invalid",
        "Lecteur d’association (exemple)",
        _("Lecteur d’une association d’élus"),
        _("Voit les textes en cours d’écriture, peut y proposer des amendements."),
    ),
    ExampleRole(
        "administrator",
        "administration@exemple.invalid",
        "Administration (exemple)",
        _("Administration de la plateforme"),
        _("Gère les personnes et les organisations, n’a pas de voix sur les textes."),
    ),
)


def find_role(key: str) -> ExampleRole | None:
    return next((role for role in ROLES if role.key == key), None)


def is_offered(request: HttpRequest) -> bool:
    """Whether this visitor may take an example role: in example mode, from this machine, to a loopback name of it.

    The name counts as much as the address: a site far away can make a browser here talk to us under its own name."""
    return (
        bool(settings.EXAMPLE)
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _is_loopback(split_domain_port(request.get_host())[0])
        and not any(header in request.headers for header in _FORWARDING_HEADERS)
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
