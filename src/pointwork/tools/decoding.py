"""From bytes to text: what a server says, what the bytes say themselves, and the usual guess, in this order.

Only encodings of text on the web are used: a page names its encoding, and Python knows some that are programs.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["Decoded", "decode", "is_binary"]

SNIFFED = 4_096  # bytes at the beginning that tell what a file is
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
KNOWN = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|(?:windows|cp)-?125[0-8]|koi8-[ru]|gbk|gb2312"
    r"|gb18030|big5|euc-jp|euc-kr|shift[_-]jis|iso-2022-jp|macintosh|tis-620",
    re.IGNORECASE,
)
GUESS = "windows-1252"  # what text on the web is that says nothing and is no UTF-8

Decoded = tuple[str, str]  # the text and the name of its encoding


def is_binary(data: bytes) -> bool:
    """Whether this is no text: it holds zeros, and does not begin like text of two bytes a letter.

    >>> is_binary(b"PK\\x03\\x04\\x00"), is_binary(b"\\xff\\xfeh\\x00i\\x00"), is_binary(b"hello")
    (True, False, False)
    """
    return b"\0" in data[:SNIFFED] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def decode(data: bytes, *, declared: str | None = None, cut: bool = False) -> Decoded:
    """The text, and which encoding it was in; `cut` says that the last letter may not be whole.

    >>> decode("grün".encode()), decode("grün".encode("latin-1")), decode(b"gr", declared="rot13")
    (('grün', 'utf-8'), ('grün', 'windows-1252'), ('gr', 'utf-8'))
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name
    if declared and KNOWN.fullmatch(declared.strip()):
        name = (
            GUESS if declared.strip().lower() in ("us-ascii", "ascii", "latin-1", "latin1", "iso-8859-1") else declared
        )
        try:
            return data.decode(name.strip(), "replace"), name.strip().lower()
        except LookupError:
            pass  # of the right form, but there is none of this name
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=not cut), "utf-8"
    except UnicodeDecodeError:
        return data.decode(GUESS, "replace"), GUESS
