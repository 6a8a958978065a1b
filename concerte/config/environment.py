"""Every environment variable Concerté reads: the settings, the documentation and a test take it from here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """name: as written in the environment. default: as text; empty means none. purpose: one French sentence."""

    name: str
    default: str
    purpose: str


VARIABLES = (
    Variable("CONCERTE_DATA", "var", "Dossier des données : base embarquée, secret, fichiers statiques, courriels."),
    Variable(
        "CONCERTE_SECRET_KEY",
        "",
        "Clé secrète ; à défaut, tirée au sort au premier démarrage dans le dossier des données.",
    ),
    Variable("CONCERTE_DEBUG", "false", "Mode de mise au point ; jamais en production."),
    Variable(
        "CONCERTE_EXAMPLE",
        "false",
        "Mode d’exemple : rôles d’essai sur la page de connexion, sur l’adresse locale seulement.",
    ),
    Variable(
        "CONCERTE_BASE_URL",
        "http://127.0.0.1:8000",
        "Adresse publique du site ; en https, les témoins deviennent « Secure » et HSTS est envoyé.",
    ),
    Variable(
        "CONCERTE_ALLOWED_HOSTS",
        "",
        "Noms de domaine acceptés, séparés par des virgules ; à défaut, celui de l’adresse publique et l’hôte local.",
    ),
    Variable(
        "CONCERTE_TRUSTED_PROXIES", "127.0.0.1", "Adresses des mandataires dont les en-têtes X-Forwarded-* sont crus."
    ),
    Variable(
        "CONCERTE_WORKERS",
        "1",
        "Nombre de processus de `concerte serve` ; plus d’un demande PostgreSQL et Valkey ou Redis.",
    ),
    Variable("DATABASE_URL", "", "Base de données ; à défaut, SQLite dans le dossier des données."),
    Variable(
        "REDIS_URL",
        "",
        "Valkey ou Redis, quand plusieurs processus servent les mêmes documents ; à défaut, un seul processus.",
    ),
    Variable(
        "CONCERTE_DOCUMENT_LIMITS",
        "",
        "Limites de la corédaction à changer : `NOM=valeur`, séparées par des virgules (documents/limits.py).",
    ),
    Variable(
        "EMAIL_URL", "", "Serveur de courriel (smtp+tls://…) ; à défaut, la console et le dossier mail/ des données."
    ),
    Variable("CONCERTE_EMAIL_FROM", "Concerté <ne-pas-repondre@localhost>", "Expéditeur des courriels."),
    Variable("CONCERTE_CONTACT", "", "Adresse de contact affichée en pied de page."),
    Variable("CONCERTE_OPERATOR", "", "Nom de l’organisme qui exploite le site (mentions légales)."),
    Variable(
        "CONCERTE_SOURCE_URL",
        "https://github.com/concerte/concerte",
        "Adresse du code source affichée en pied de page.",
    ),
    Variable(
        "CONCERTE_STYLESHEETS", "", "Feuilles de style de plus, séparées par des virgules (charte d’un exploitant)."
    ),
    Variable("CONCERTE_LOG_LEVEL", "INFO", "Niveau des journaux techniques."),
    Variable(
        "CONCERTE_LOG_FORMAT",
        "plain",
        "Forme des journaux techniques : « plain » se lit, « json » donne un objet par ligne.",
    ),
    Variable(
        "CONCERTE_METRICS_TOKEN",
        "",
        "Jeton qui ouvre les mesures de /__metrics__ ; à défaut, seules les personnes qui administrent les voient.",
    ),
    Variable(
        "CONCERTE_COMMIT",
        "",
        "Empreinte de la version du code, dite par /__version__ ; à défaut, celle que pip a notée.",
    ),
)
