"""espeak-ng 1.52 phonemes (ru, en, kk) → the fifteen visemes of the presenter (design §3).

A mnemonic maps to one or more mouth shapes with their share of the phoneme's length: diphthongs and affricates move.
"""

VISEMES = ("sil", "MBP", "A", "AH", "E", "I", "O", "U", "UE", "FV", "SZ", "SH", "L", "TDN", "KG")
Shapes = tuple[tuple[float, str], ...]

# Stress and length marks that 1.52 sets before a mnemonic.
_STRESS = "',%=|^"
# Marks behind a mnemonic that change the sound but not the mouth: palatal, length, "variant of".
_VARIANT = ';:#"-_23^'
PAUSES = frozenset(("_", "_:", "_|", "_!", "_^"))
# Not sounds: the palatal glide mark and the end of a language switch.
_SILENT_MARKS = frozenset((";", "", "||", "|"))

_ONE: dict[str, str] = {
    # lips
    "p": "MBP",
    "b": "MBP",
    "m": "MBP",
    "f": "FV",
    "v": "FV",
    "w": "U",
    "v#": "FV",
    "w#": "U",
    "B": "MBP",
    # tongue tip
    "t": "TDN",
    "d": "TDN",
    "n": "TDN",
    "T": "TDN",
    "D": "TDN",
    "t#": "TDN",
    "*": "TDN",
    "r": "TDN",
    "R": "TDN",
    "r-": "TDN",
    "l": "L",
    "L": "L",
    "l^": "L",
    "@L": "L",
    "l#": "L",
    "n^": "TDN",
    "t2": "TDN",
    "?": "KG",
    "s": "SZ",
    "z": "SZ",
    "ts": "SZ",
    "S": "SH",
    "Z": "SH",
    "tS": "SH",
    "dZ": "SH",
    "s;": "SZ",
    "S;": "SH",
    "tS;": "SH",
    # back of the tongue
    "k": "KG",
    "g": "KG",
    "x": "KG",
    "N": "KG",
    "G": "KG",
    "q": "KG",
    "h": "KG",
    "C": "KG",
    "Q": "KG",
    "X": "KG",
    "Q^": "KG",
    "c": "KG",
    # vowels
    "A": "A",
    "a": "A",
    "A:": "A",
    "aa": "A",
    "A@": "A",
    "&": "A",
    "a:": "A",
    "A~": "A",
    "V": "AH",
    "a#": "AH",
    "@": "AH",
    "@-": "AH",
    "@2": "AH",
    "@5": "AH",
    "@#": "AH",
    "3": "AH",
    "3:": "AH",
    "8": "AH",
    "@:": "AH",
    "e": "E",
    "E": "E",
    "E#": "E",
    "E2": "E",
    "e:": "E",
    "e#": "E",
    "E:": "E",
    "i": "I",
    "1": "I",
    "I": "I",
    "i:": "I",
    "I2": "I",
    "I#": "I",
    "y": "I",
    "j": "I",
    "y:": "I",
    "i#": "I",
    "J": "I",
    "Y": "I",
    "o": "O",
    "0": "O",
    "O": "O",
    "O:": "O",
    "O@": "O",
    "o@": "O",
    "o:": "O",
    "O2": "O",
    "0#": "O",
    "u": "U",
    "U": "U",
    "u:": "U",
    "u#": "U",
    "U#": "U",
    "W": "U",
    'u"': "UE",
    'y"': "UE",
}
_MOVING: dict[str, Shapes] = {
    "aI": ((0.6, "A"), (0.4, "I")),
    "aI3": ((0.5, "A"), (0.25, "I"), (0.25, "AH")),
    "aI@": ((0.5, "A"), (0.25, "I"), (0.25, "AH")),
    "aU": ((0.6, "A"), (0.4, "U")),
    "aU@": ((0.5, "A"), (0.25, "U"), (0.25, "AH")),
    "eI": ((0.6, "E"), (0.4, "I")),
    "OI": ((0.6, "O"), (0.4, "I")),
    "oU": ((0.5, "O"), (0.5, "U")),
    "i@": ((0.6, "I"), (0.4, "AH")),
    "i@3": ((0.6, "I"), (0.4, "AH")),
    "e@": ((0.6, "E"), (0.4, "AH")),
    "U@": ((0.6, "U"), (0.4, "AH")),
    "ja": ((0.3, "I"), (0.7, "A")),
    "ju": ((0.3, "I"), (0.7, "U")),
    "jo": ((0.3, "I"), (0.7, "O")),
    "je": ((0.3, "I"), (0.7, "E")),
    "dZ": ((0.35, "TDN"), (0.65, "SH")),
    "tS": ((0.35, "TDN"), (0.65, "SH")),
    "tS;": ((0.35, "TDN"), (0.65, "SH")),
    "ts": ((0.4, "TDN"), (0.6, "SZ")),
    "dz": ((0.4, "TDN"), (0.6, "SZ")),
    "ja#": ((0.4, "I"), (0.6, "AH")),
    "io": ((0.3, "I"), (0.7, "O")),
}
# What one mnemonic means elsewhere: English "r" rounds the lips, Kazakh "8" is ө, "u#" is ү, "I" is і.
_BY_LANGUAGE: dict[str, dict[str, str]] = {
    "en": {"r": "UE", "r-": "UE", "a": "A", "a#": "AH", "3:": "UE"},
    "kk": {"8": "O", "u#": "UE", "U": "U", "@": "AH"},
}


def shapes(mnemonic: str, language: str = "ru") -> Shapes:
    """The mouth shapes of one phoneme, shares adding up to 1; empty for what makes no sound (a mark, a language switch).

    An unknown mnemonic keeps the mouth moving: its nearest relative by first letter, at last a half-open mouth.
    """
    name = mnemonic.lstrip(_STRESS)
    if name in PAUSES:
        return ((1.0, "sil"),)
    if name in _SILENT_MARKS or name.startswith("("):
        return ()
    found = _find(name, language)
    return found if found else _find(name[0], language) or ((1.0, "AH"),)


_VOWEL_VISEMES = frozenset(("A", "AH", "E", "I", "O", "U", "UE"))
_GLIDES = frozenset("jwrJW*")


def is_vowel(mnemonic: str) -> bool:
    name = mnemonic.lstrip(_STRESS)
    found = _find(name, "ru") if name and name[0] not in _GLIDES else None
    return bool(found) and found[0][1] in _VOWEL_VISEMES


def is_known(mnemonic: str, language: str = "ru") -> bool:
    """Whether the tables hold the phoneme; the suite asks this of a large corpus."""
    name = mnemonic.lstrip(_STRESS)
    return name in PAUSES or name in _SILENT_MARKS or name.startswith("(") or _find(name, language) is not None


def _find(name: str, language: str) -> Shapes | None:
    while name:
        own = _BY_LANGUAGE.get(language, {})
        if name in own:
            return ((1.0, own[name]),)
        if name in _MOVING:
            return _MOVING[name]
        if name in _ONE:
            return ((1.0, _ONE[name]),)
        if name[-1] not in _VARIANT:
            return None
        name = name[:-1]
    return None
