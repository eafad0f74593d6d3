"""Write PDFs that are damaged, locked or odd in a way that is known. Those that programs write are none of these."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_NUMBER = bytes(16)
"""Of the file, which every locked PDF has."""
_LOCKED_TO = -4
"""What those without the owner's password may do: everything."""
_A4 = (595.0, 842.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page.

    Attributes
    ----------
    size : (float, float)
        Width and height in points.
    jpeg : bytes
        A picture in grey that fills the page; empty for none.
    pixels : (int, int)
        Width and height of the picture.
    words : str
        Printed near the top.
    drawing : bytes
        What is drawn instead of picture and words, in PDF's operators; empty for these.
    attached : bytes
        A file that is attached to the page, as mails have them; empty for none.
    """

    size: tuple[float, float] = _A4
    jpeg: bytes = b""
    pixels: tuple[int, int] = (0, 0)
    words: str = ""
    drawing: bytes = b""
    attached: bytes = b""


def pdf(pages: Sequence[PdfPage], *, user: str | None = None, owner: str = "") -> bytes:
    """Write a PDF.

    Parameters
    ----------
    pages : sequence of PdfPage
    user, owner : str
        Passwords; `user` opens it, and is asked for unless it is empty. None leaves the PDF unlocked.
    """
    lock = None if user is None else _Lock.of(user, owner)
    kids = " ".join(f"{3 + 4 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
    ]
    for page in pages:
        number = len(objects) + 1
        objects += _objects(page, number, lock)
    more = ""
    if lock is not None:
        more = f"/Encrypt {lock.entry}/ID[<{_NUMBER.hex()}><{_NUMBER.hex()}>]"
    return _file(objects, more)


def _objects(page: PdfPage, number: int, lock: "_Lock | None") -> list[bytes]:
    """Return the page, its drawing, its picture and its attachment, which have this number and the next ones."""
    width, height = page.size
    shown = f"/XObject<</I {number + 2} 0 R>>"
    note = (
        f"/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</Type/Filespec/EF<</F {number + 3} 0 R>>>>>>]"
    )
    head = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width:g} {height:g}]/Contents {number + 1} 0 R"
        f"/Resources<<{shown if page.jpeg else ''}/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        f"{note if page.attached else ''}>>"
    )
    drawing = page.drawing
    if not drawing and page.jpeg:
        drawing = f"q {width:g} 0 0 {height:g} 0 0 cm /I Do Q ".encode()
    if page.words:
        drawing += f"BT /F 14 Tf 60 {height - 80:g} Td ({page.words}) Tj ET".encode()
    across, down = page.pixels
    picture = f"/Type/XObject/Subtype/Image/Width {across}/Height {down}/ColorSpace/DeviceGray/BitsPerComponent 8"
    return [
        head.encode(),
        _stream(drawing, "", number + 1, lock),
        _stream(page.jpeg, f"{picture}/Filter/DCTDecode", number + 2, lock),
        _stream(page.attached, "/Type/EmbeddedFile", number + 3, lock),
    ]


def _stream(content: bytes, entries: str, number: int, lock: "_Lock | None") -> bytes:
    if lock is not None:
        content = lock.shut(content, number)
    return f"<<{entries}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"


def _file(objects: Sequence[bytes], more: str) -> bytes:
    parts = [b"%PDF-1.4\n"]
    places, size = [], len(parts[0])
    for number, content in enumerate(objects, start=1):
        places.append(size)
        parts.append(b"%d 0 obj\n" % number + content + b"\nendobj\n")
        size += len(parts[-1])
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<</Size {count}/Root 1 0 R{more}>>\nstartxref\n{size}\n"
    )
    return b"".join([*parts, end.encode(), b"%%EOF\n"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lock:
    """The oldest encryption of PDFs, 40 bits of RC4 (ISO 32000-1, 7.6.3, revision 2)."""

    key: bytes
    entry: str

    @classmethod
    def of(cls, user: str, owner: str) -> "_Lock":
        """Make the lock of two passwords."""
        owners = _rc4(_md5(_padded(owner or user))[:5], _padded(user))
        key = _md5(_padded(user) + owners + _LOCKED_TO.to_bytes(4, "little", signed=True) + _NUMBER)[:5]
        users = _rc4(key, _PADDING)
        entry = f"<</Filter/Standard/V 1/R 2/P {_LOCKED_TO}/O<{owners.hex()}>/U<{users.hex()}>>>"
        return cls(key=key, entry=entry)

    def shut(self, content: bytes, number: int) -> bytes:
        """Encrypt the stream of an object."""
        return _rc4(_md5(self.key + number.to_bytes(3, "little") + bytes(2))[:10], content)


def _padded(password: str) -> bytes:
    return (password.encode() + _PADDING)[:32]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _rc4(key: bytes, content: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) % 256
        state[place], state[other] = state[other], state[place]
    shut = bytearray(content)
    first = second = 0
    for place in range(len(shut)):
        first = (first + 1) % 256
        second = (second + state[first]) % 256
        state[first], state[second] = state[second], state[first]
        shut[place] ^= state[(state[first] + state[second]) % 256]
    return bytes(shut)
