"""That a file is synthetic, in words programs read: they stay in English (hiring_law 2). No Django.

MP4 carries an XMP packet with IPTC's DigitalSourceType, WAV an INFO chunk.
"""

import struct

AI_NOTICE = "AI-generated: this avatar and its voice are synthetic."
SOFTWARE = "AI-avatar interviews, local presenter"
# "Media created purely by an algorithm not based on any sampled training data": drawn art and a formant voice.
DRAWN = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
# "Created by a model trained on sampled content": the films of providers.
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 Iptc4xmpExt:DigitalSourceType="{source}" xmp:CreatorTool="{tool}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{notice}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_box(source: str = DRAWN, tool: str = SOFTWARE) -> bytes:
    """A top-level `uuid` box with the XMP packet, to stand at the end of an MP4 file; `source`: DRAWN or TRAINED."""
    body = _XMP_UUID + _XMP.format(source=source, tool=tool, notice=AI_NOTICE).encode()
    return struct.pack(">I4s", 8 + len(body), b"uuid") + body


def info_chunk(tool: str = SOFTWARE) -> bytes:
    """The INFO chunk of a RIFF file."""
    return chunk(b"LIST", b"INFO" + _text(b"ICMT", AI_NOTICE) + _text(b"ISFT", tool))


def labelled_wav(wav: bytes, tool: str) -> bytes:
    """A WAV with the INFO chunk behind its samples, so that its header stays as long as it was."""
    body = wav[8:] + b"\0" * (len(wav) % 2) + info_chunk(tool)
    return wav[:4] + struct.pack("<I", len(body)) + body


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a RIFF file."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _text(name: bytes, text: str) -> bytes:
    return chunk(name, text.encode("ascii", "replace") + b"\0")
