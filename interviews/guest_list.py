"""Reads the list of people HR paste or upload: one a line, in whatever form they have it. No models here.

Understood: `Name <address>`, `Name, address`, `Name; address; ru`, tab-separated cells of a spreadsheet, CSV with or without a
header, and XLSX. The order of cells does not matter: what holds an @ is the address, ru/en/kk is the language.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass

LANGUAGES = ("ru", "en", "kk")
MOST_ROWS = 500
MOST_BYTES = 1024 * 1024
_ANGLED = re.compile(r"^\s*\"?(?P<name>[^<>\"]*?)\"?\s*<(?P<email>[^<>]+)>\s*[,;]?\s*(?P<language>[A-Za-z]{2})?\s*$")
_HEADINGS = {
    *("name", "full name", "candidate", "email", "e-mail", "имя", "фио", "кандидат", "почта"),
    *("аты", "аты-жөні", "тегі", "үміткер", "пошта", "электрондық пошта"),
}


@dataclass(frozen=True)
class Row:
    name: str
    email: str = ""
    language: str = ""


class UnreadableList(ValueError):
    """The file is not a list; `code` is `too_big`, `not_text`, `not_xlsx` or `too_many`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows_of_text(text: str) -> list[Row]:
    """The people of pasted text or CSV; empty lines and a heading are left out. Raises UnreadableList (`too_many`)."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip(" \t,;")]
    return _rows([_cells(line) for line in lines])


def rows_of_file(content: bytes, name: str) -> list[Row]:
    """The people of an uploaded CSV (UTF-8 or Windows-1251) or XLSX file. Raises UnreadableList."""
    if len(content) > MOST_BYTES:
        raise UnreadableList("too_big")
    if content[:4] == b"PK\x03\x04" or name.lower().endswith(".xlsx"):
        return _rows(_xlsx(content))
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return rows_of_text(text)
    raise UnreadableList("not_text")


def _cells(line: str) -> list[str]:
    angled = _ANGLED.match(line)
    if angled:
        return [angled["name"], angled["email"], angled["language"] or ""]
    separator = next((mark for mark in ("\t", ";", ",") if mark in line), "\t")
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return [line]


def _rows(table: list[list[str]]) -> list[Row]:
    if table and {cell.strip().lower() for cell in table[0]} & _HEADINGS:
        table = table[1:]
    if len(table) > MOST_ROWS:
        raise UnreadableList("too_many")
    return [_row(cells) for cells in table]


def _row(cells: list[str]) -> Row:
    names, email, language = [], "", ""
    for cell in (cell.strip() for cell in cells):
        if "@" in cell and not email:
            email = cell
        elif cell.lower() in LANGUAGES and not language:
            language = cell.lower()
        elif cell:
            names.append(cell)
    return Row(" ".join(names), email, language)


def _xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # A small file may unpack to gigabytes: sizes are judged before anything is unpacked.
            if sum(entry.file_size for entry in archive.infolist()) > 20 * MOST_BYTES:
                raise UnreadableList("too_big")
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        table = []
        for number, cells in enumerate(sheet.iter_rows(max_col=10, values_only=True)):
            if number > MOST_ROWS + 1:
                raise UnreadableList("too_many")
            row = [str(cell) for cell in cells if cell is not None]
            if any(cell.strip() for cell in row):
                table.append(row)
        return table
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError, TypeError) as error:
        if isinstance(error, UnreadableList):
            raise
        raise UnreadableList("not_xlsx") from error
