"""That it is synthetic: the words in the files and the sign in the picture (hiring_law 2).

The metadata are read by programs and stay in English. MP4 carries the `comment` tag and an XMP packet with IPTC's
DigitalSourceType; WAV carries an INFO chunk.
"""

import struct
from functools import lru_cache

from .layers import Layer
from .lettering import pill

AI_NOTICE = "AI-generated: this avatar and its voice are synthetic."
SOFTWARE = "AI-avatar interviews, local presenter"
LABEL = "AI"
# "Media created purely by an algorithm not based on any sampled training data": drawn art and a formant voice.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}" xmp:CreatorTool="{SOFTWARE}">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{AI_NOTICE}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_box() -> bytes:
    """A top-level `uuid` box with the XMP packet, to stand at the end of an MP4 file."""
    body = _XMP_UUID + _XMP.encode()
    return struct.pack(">I4s", 8 + len(body), b"uuid") + body


@lru_cache(maxsize=8)
def label(width: int, height: int) -> Layer:
    """The visible sign in the upper right corner of a frame of this size."""
    size = max(14, round(min(width, height) * 0.042))
    margin = round(size * 0.9)
    return pill((LABEL,), size=size, right=width - margin, top=margin)
