"""Run as a program: a document on stdin, its kind and the most pages as arguments, JSON on stdout.

`{"text": …}` or `{"refused": code}`. Nothing of the site is imported; limits are set before the first byte is parsed.
"""

import io
import json
import resource
import sys
import zipfile

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_S = 20
MOST_UNPACKED_BYTES = 60 * 1024 * 1024
MOST_CHARACTERS = 200_000


class Refused(Exception):
    pass


def main() -> None:
    kind, most_pages = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    content = sys.stdin.buffer.read()
    try:
        answer = {"text": (pdf if kind == "pdf" else docx)(content, most_pages)[:MOST_CHARACTERS]}
    except Refused as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "too_heavy"}
    except (Exception, RecursionError):  # whatever a hostile file does to a parser, the answer is one word
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer))


def pdf(content: bytes, most_pages: int) -> str:
    import logging

    import pypdf

    logging.disable(logging.CRITICAL)  # it complains about every crooked file
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("")
        except Exception as error:  # a cipher it does not have
            raise Refused("encrypted") from error
        if not opened:
            raise Refused("encrypted")
    if len(reader.pages) > most_pages:
        raise Refused("too_many_pages")
    found: list[str] = []
    for page in reader.pages:
        found.append(page.extract_text() or "")
        if sum(map(len, found)) > MOST_CHARACTERS:
            break
    return "\n\n".join(found)


def docx(content: bytes, most_pages: int) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {entry.filename for entry in archive.infolist()}
        if "EncryptedPackage" in names or any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise Refused("encrypted")
        if "word/document.xml" not in names:
            raise Refused("unknown")
        # What it says of itself may be a lie; the limits of this process hold then.
        if len(names) > 5000 or sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
            raise Refused("too_heavy")
    import docx as word

    document = word.Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            cells = [cell.text.strip() for cell in row.cells]
            lines.append(" · ".join(dict.fromkeys(cell for cell in cells if cell)))
        if sum(map(len, lines)) > MOST_CHARACTERS:
            break
    return "\n".join(lines)


if __name__ == "__main__":
    main()
