"""Files joined to things: what is refused, what is kept, how it is given back."""

import hashlib
from pathlib import PurePosixPath
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from concerte.documents import files, limits
from concerte.documents.errors import FileRefused
from concerte.documents.files import file_response, store_file
from concerte.documents.models import StoredFile
from concerte.journal.models import Entry
from tests.documents.factories import make_person

PDF = b"%PDF-1.7 un texte"


def upload(name: str, content: bytes = PDF) -> Any:
    """What a form receives. The name is set afterwards: Django's own cleaning must not stand before ours."""
    sent = SimpleUploadedFile("x", content)
    sent._name = name
    return sent


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("vide.pdf", b"", "empty"),
        ("programme.exe", b"MZ", "unknown-type"),
        ("page.html", b"<script>alert(1)</script>", "unknown-type"),
        ("image.svg", b"<svg onload='x'/>", "unknown-type"),
        ("sans-type", PDF, "unknown-type"),
        ("", PDF, "unknown-type"),
        ("archive.pdf", b"PK\x03\x04", "not-what-it-says"),
        ("lettre.docx", PDF, "not-what-it-says"),
        ("photo.png", b"\xff\xd8\xff\xe0", "not-what-it-says"),
    ],
)
def test_what_cannot_be_joined_is_refused_and_not_kept(name, content, code):
    person = make_person()

    with pytest.raises(FileRefused) as refusal:
        store_file(upload(name, content), acting_user=person)

    assert refusal.value.code == code
    assert not StoredFile.objects.exists()
    assert not Entry.objects.filter(act="documents.file_stored").exists()


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "FILE_BYTES", 1_000_000)
    sent = upload("gros.pdf", PDF)
    sent.size = 1_000_001

    with pytest.raises(FileRefused) as refusal:
        store_file(sent, acting_user=make_person())

    assert refusal.value.code == "too-big"
    assert "1\u00a0Mo" in refusal.value.message or "1 Mo" in refusal.value.message
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_kept_file_says_who_sent_it_and_what_it_is():
    person = make_person()

    stored = store_file(upload("Relevé de décisions.PDF"), acting_user=person)

    digest = hashlib.sha256(PDF).hexdigest()
    assert (stored.name, stored.media_type, stored.size_bytes) == (
        "Relevé de décisions.PDF",
        "application/pdf",
        len(PDF),
    )
    assert (stored.digest, stored.added_by) == (f"sha256:{digest}", person)
    entry = Entry.objects.get(act="documents.file_stored")
    assert entry.details == {"size_bytes": len(PDF), "digest": f"sha256:{digest}"}


@pytest.mark.django_db
def test_on_the_disk_it_has_a_name_of_ours():
    stored = store_file(upload("../../etc/secret.pdf"), acting_user=make_person())

    path = PurePosixPath(stored.content.name)
    assert "secret" not in str(path)
    assert path.parts[0] == "joints"
    assert ".." not in path.parts
    assert default_storage.open(stored.content.name).read() == PDF


@pytest.mark.django_db
def test_the_same_file_sent_twice_is_kept_twice():
    person = make_person()

    one, other = (store_file(upload("a.pdf"), acting_user=person) for _ in range(2))

    assert one.content.name != other.content.name
    assert one.digest == other.digest


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [("a.pdf", PDF, "application/pdf"), ("donnees.csv", b"<script>x</script>", "text/csv; charset=utf-8")],
)
def test_it_is_downloaded_and_never_shown_in_the_page(name, content, media_type):
    response = file_response(store_file(upload(name, content), acting_user=make_person()))

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == media_type
    assert response["Cache-Control"] == "private, no-cache"
    assert b"".join(response.streaming_content) == content


@pytest.mark.django_db
def test_a_name_cannot_write_headers():
    stored = store_file(upload('a"\r\nSet-Cookie: x=1;é.pdf'), acting_user=make_person())

    header = file_response(stored)["Content-Disposition"]

    assert header.startswith("attachment; filename*=utf-8''")
    assert "\r" not in header
    assert "\n" not in header


odd = st.text(alphabet="/\\.:<>|?*\"' \x00\n\u202eé", max_size=400)
names = st.text(max_size=300) | odd.map(lambda name: name + ".pdf") | odd.map(lambda name: "a." + "b" * 250 + name)


@given(names)
def test_a_cleaned_name_is_short_flat_and_stays_itself(name):
    clean = files._clean_name(name)

    assert 1 <= len(clean) <= 200
    assert not set(clean) & set('/\\<>:"|?*\n\r\t\x00\u202e')
    assert clean == clean.strip(". ")
    assert files._clean_name(clean) == clean


@given(st.text(min_size=1, max_size=400).filter(lambda name: files._clean_name(name + ".pdf") != "pdf"))
def test_a_shortened_name_keeps_its_ending(name):
    assert files._clean_name(name + ".pdf").endswith(".pdf")
