"""Uploaded job descriptions: what they say, and what hostile ones cost."""

import io
import zipfile

import docx
import pypdf
import pytest

from interviews.authoring import documents
from interviews.authoring.documents import UnreadableDocument, text_of

WORDS = "Backend engineer. You design services, review code and talk to customers."


def word_file(paragraphs: list[str]) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Skill", "Python"
    document.save(file)
    return file.getvalue()


def pdf_file(lines: list[str], pages: int = 1, password: str = "") -> bytes:
    """A small PDF written by hand: pages with one line of Helvetica each."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        stream = "BT /F1 12 Tf 72 700 Td " + " ".join(f"({line}) Tj 0 -16 Td" for line in lines) + " ET"
        resources = "<< /Font << /F1 3 0 R >> >>"
        place = f"/MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Resources {resources} {place} >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    plain = body + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()
    if not password:
        return plain
    writer, file = pypdf.PdfWriter(io.BytesIO(plain)), io.BytesIO()
    writer.encrypt(password, algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        text_of(content)
    assert caught.value.text
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_plain_text_is_read_in_the_encodings_people_have(encoding: str) -> None:
    assert text_of("Инженер: проектирует сервисы и читает чужой код.".encode(encoding)).startswith("Инженер: проект")


def test_a_word_file_is_read_with_its_tables() -> None:
    text = text_of(word_file([WORDS, "", "Требования: опыт от трёх лет."]))

    assert WORDS in text and "опыт от трёх лет" in text and "Skill · Python" in text


def test_a_pdf_is_read() -> None:
    assert WORDS in text_of(pdf_file([WORDS]))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_text"),
        (b"short", "no_text"),
        (b"\x00\x01\x02binary" * 10, "unknown"),
        (b"\xd0\xcf\x11\xe0" + b"old word" * 50, "old_word"),
        (b"%PDF-1.7\n" + b"garbage " * 200, "broken"),
        (b"PK\x03\x04" + b"not a zip" * 50, "broken"),
        (b"x" * (documents.MOST_BYTES + 1), "too_big"),
    ],
    ids=["empty", "short", "binary", "old word", "broken pdf", "broken zip", "too big"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_password_is_named() -> None:
    assert refusal(pdf_file([WORDS], password="secret")) == "encrypted"


def test_a_book_is_refused() -> None:
    assert refusal(pdf_file([WORDS], pages=documents.MOST_PAGES + 1)) == "too_many_pages"


def test_a_pdf_of_pictures_has_no_text() -> None:
    assert refusal(pdf_file([])) == "no_text"


def test_a_zip_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (200 * 1024 * 1024))

    assert refusal(file.getvalue()) == "too_heavy"


def test_entities_that_unfold_into_gigabytes_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l9;</d>'
    source, file = zipfile.ZipFile(io.BytesIO(word_file([WORDS]))), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, xml if name == "word/document.xml" else source.read(name))

    assert refusal(file.getvalue()) in ("broken", "too_heavy", "no_text")


def test_a_zip_that_is_no_word_file_is_named() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hi")

    assert refusal(file.getvalue()) == "unknown"


def test_a_very_long_text_is_cut() -> None:
    assert len(text_of(("слово " * 20_000).encode())) <= documents.MOST_CHARACTERS
