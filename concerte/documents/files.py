"""Files joined to things: taken in with limits, given back so that no browser runs them."""

import hashlib
import re
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents import limits
from concerte.documents.errors import FileRefused
from concerte.documents.models import StoredFile
from concerte.documents.rich_text import one_line
from concerte.journal import services as journal

# What may be joined, by ending: the type it is given back with, and how such a file begins.
_TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK",)),
    "odp": ("application/vnd.oasis.opendocument.presentation", (b"PK",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", (b"PK",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "csv": ("text/csv; charset=utf-8", ()),
    "txt": ("text/plain; charset=utf-8", ()),
}
_LONGEST_NAME = 200  # characters, the ending included
_LONGEST_SUFFIX = 20  # what is longer is no ending
ACCEPTED = ",".join(f".{ending}" for ending in _TYPES)  # for the `accept` of a file field


@transaction.atomic
def store_file(upload: "UploadedFile[bytes]", *, acting_user: User) -> StoredFile:
    """Keep a file somebody sends. The name is kept without its folders, at most 200 characters.

    Raises FileRefused ("empty", "too-big", "unknown-type", "not-what-it-says"); nothing is then written."""
    name = _clean_name(upload.name or "")
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    if not upload.size:
        raise FileRefused(_("Ce fichier est vide."), code="empty")
    if upload.size > limits.FILE_BYTES:
        limit = limits.FILE_BYTES // 1_000_000
        raise FileRefused(_("Un fichier joint pèse %(limit)d Mo au plus.") % {"limit": limit}, code="too-big")
    if ending not in _TYPES:
        raise FileRefused(
            _("Ce type de fichier n’est pas accepté. Types acceptés\u00a0: %(types)s.")
            % {"types": ", ".join(sorted(_TYPES))},
            code="unknown-type",
        )
    media_type, beginnings = _TYPES[ending]
    digest = hashlib.sha256()
    first = b""
    for chunk in upload.chunks():
        first = first or chunk[:16]
        digest.update(chunk)
    if beginnings and not first.startswith(beginnings):
        raise FileRefused(_("Le contenu de ce fichier n’est pas ce que dit son nom."), code="not-what-it-says")
    stored = StoredFile(
        name=name,
        media_type=media_type,
        size_bytes=upload.size,
        digest=f"sha256:{digest.hexdigest()}",
        added_by=acting_user,
    )
    # On the disk under a name of ours: what people call their files says things, and may be anything.
    stored.content.save(f"{digest.hexdigest()[:32]}.{ending}", upload, save=True)
    journal.record(
        "documents.file_stored",
        actor=acting_user,
        subject=stored,
        details={"size_bytes": stored.size_bytes, "digest": stored.digest},
    )
    return stored


def file_response(stored: StoredFile) -> FileResponse:
    """The file, downloaded and never shown in the page: whoever calls has asked who may read it."""
    response = FileResponse(
        stored.content.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _clean_name(name: str) -> str:
    """Without folders, controls nor characters file systems choke on; the ending is kept when it must be shortened."""
    base = re.sub(r'[<>:"|?*]', "-", one_line(name.replace("\\", "/").rsplit("/", 1)[-1])).strip(". ") or "fichier"
    suffix = PurePosixPath(base).suffix
    if len(suffix) > _LONGEST_SUFFIX:
        suffix = ""
    if len(base) > _LONGEST_NAME:
        base = base[: _LONGEST_NAME - len(suffix)].rstrip(". ") + suffix
    return base
