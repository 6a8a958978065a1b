"""Refusals of shared documents. Those a socket can meet carry the code it closes with."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concerte.common.errors import DomainError

GOING_AWAY = 1001
GONE = 1006  # never sent: what each side notes when the other vanished (RFC 6455, section 7.4.1)
TRY_AGAIN_LATER = 1013  # stock Yjs clients come back after it; after 4400 to 4499 they do not

# code: (close code of the socket, sentence for the person). A WebSocket takes at most 123 bytes of reason.
SOCKET_REFUSALS: dict[str, tuple[int, "str | Promise"]] = {
    "malformed": (4400, _("Message incompréhensible.")),
    "not-signed-in": (4401, _("Connectez-vous pour ouvrir ce document.")),
    "session-ended": (4401, _("Votre session est terminée : reconnectez-vous.")),
    "token-ended": (4401, _("Ce jeton n’est pas ou plus valable.")),
    "no-right": (4403, _("Vous n’avez pas accès à ce document.")),
    "rights-changed": (4403, _("Vos droits sur ce document ont changé.")),
    "read-only": (4403, _("Vous pouvez lire ce document, pas y écrire.")),
    "foreign-origin": (4403, _("Cette page ne vient pas de ce site.")),
    "unknown-document": (4404, _("Ce document n’existe pas.")),
    "foreign-client": (4409, _("Cette écriture est signée d’une autre personne.")),
    "too-big": (4413, _("Message trop volumineux.")),
    "document-full": (4413, _("Ce document a atteint sa taille maximale.")),
    "too-fast": (4429, _("Trop de messages en peu de temps.")),
    "too-many-people": (4429, _("Trop de personnes dans ce document.")),
    "too-many-connections": (4429, _("Trop de fenêtres ouvertes à la fois.")),
    "too-slow": (TRY_AGAIN_LATER, _("Connexion trop lente : reprise avec le texte à jour.")),
    "not-saved": (4503, _("Enregistrement impossible pour l’instant : gardez cette page ouverte.")),
    "gone": (GONE, _("La connexion a été coupée.")),
    "going-away": (GOING_AWAY, _("Le serveur redémarre.")),
}


class SocketRefused(DomainError):
    """What closes a socket. code: a key of the table above; the sentence and the close code follow from it."""

    def __init__(self, code: str) -> None:
        self.close_code, sentence = SOCKET_REFUSALS[code]
        super().__init__(str(sentence), code=code)


class FrameRefused(SocketRefused):
    """A frame that cannot be taken: "malformed", "too-big", "read-only", "foreign-client"…; nothing was written."""


class EntryRefused(SocketRefused):
    """Somebody who cannot come in: "not-signed-in", "no-right", "unknown-document", "too-many-people"…"""


class DocumentRefused(DomainError):
    """A service of this room refuses: "unknown-document", "malformed", "foreign-client", "document-full"."""


class FileRefused(DomainError):
    """A file cannot be joined. Codes: "empty", "too-big", "unknown-type", "not-what-it-says"."""


class AmendmentRefused(DomainError):
    """An amendment cannot go on that way: "not-allowed", "not-a-member", "no-title", "no-reasons", "too-long",
    "too-many", "not-writing", "not-submitted", "closed", "no-answer", "nothing-changes", "unreadable",
    "foreign-client", "document-full"."""
