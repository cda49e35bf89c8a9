"""The file of a backup: lines of JSON, compressed and encrypted as they come, so that any size needs little memory.

A header in plain text (what it is, when, from which schema and key) is followed by chunks, each sealed with AES-GCM
under a key made for this file alone, numbered, bound to the header, the last one marked: nothing can be altered, left
out, moved or cut off unnoticed. The key comes from the office's key file or from a passphrase (scrypt).
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from config.language import N_, _
from config.settings import settings
from data_access import privacy

MAGIC = b"STREET-BACKUP 1\n"
CHUNK = 1 << 20
_MOST_HEADER = 1 << 16
_LENGTH = struct.Struct(">I")
_LEVEL = 3  # originals are compressed already; a higher level costs time and gains little
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))
        self.why = str(fields.get("why", ""))  # what the machine said, if it said something


class DamagedError(BackupError):
    """The file is not whole: altered, cut off, or not a backup at all."""

    def __init__(self) -> None:
        super().__init__(N_("The backup is damaged or cut off. Take another copy; nothing was changed."))


def key_of(header: dict[str, Any], passphrase: str | None) -> bytes:
    """The key of the archive with this header. BackupError where the passphrase or the key file is missing."""
    salt = b64decode(header["salt"])
    if header["sealed_with"] == "passphrase":
        if not passphrase:
            raise BackupError(N_("This backup was made with a passphrase. Give it."))
        return Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode())
    there = (settings().data_dir / privacy.KEY_FILE).exists()  # looking must not make one
    if not there or header["fingerprint"] != privacy.keys().fingerprint:
        raise BackupError(
            N_("This backup belongs to another key file. Put the key file of that time into the data folder first.")
        )
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"street backup").derive(privacy.keys().hash)


class _Sealer:
    """Seals or opens the chunks of one file in their order."""

    def __init__(self, key: bytes, header: bytes) -> None:
        self._cipher, self._header, self._number = AESGCM(key), header, 0

    def _next(self, last: bool) -> tuple[bytes, bytes]:
        nonce = self._number.to_bytes(12, "big")  # the key serves this file alone
        self._number += 1
        return nonce, self._header + (b"last" if last else b"more")

    def seal(self, plain: bytes, last: bool) -> bytes:
        """The next chunk, sealed."""
        nonce, bound = self._next(last)
        return self._cipher.encrypt(nonce, plain, bound)

    def open(self, sealed: bytes, last: bool) -> bytes:
        """The next chunk in plain; DamagedError where it is not the one that was sealed in this place."""
        nonce, bound = self._next(last)
        try:
            return self._cipher.decrypt(nonce, sealed, bound)
        except InvalidTag:
            raise DamagedError from None


class Writer:
    """Writes an archive to an open file; ``header`` is what may be read without the key."""

    def __init__(self, file: BinaryIO, header: dict[str, Any], passphrase: str | None = None) -> None:
        whole = {
            **header,
            "sealed_with": "passphrase" if passphrase else "key",
            "fingerprint": privacy.keys().fingerprint,
            "salt": b64encode(os.urandom(16)).decode(),
        }
        plain = json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()
        self._file = file
        self._sealer = _Sealer(key_of(whole, passphrase), plain)
        self._packer = zlib.compressobj(_LEVEL)
        self._waiting = bytearray()
        file.write(MAGIC + _LENGTH.pack(len(plain)) + plain)

    def write(self, line: bytes) -> None:
        """One line, without its end."""
        self._take(self._packer.compress(line + b"\n"))

    def _take(self, packed: bytes) -> None:
        self._waiting += packed
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def end(self) -> None:
        """The last chunk: without it the archive counts as cut off."""
        self._take(self._packer.flush())
        self._put(bytes(self._waiting), last=True)

    def _put(self, plain: bytes, last: bool) -> None:
        sealed = self._sealer.seal(plain, last)
        self._file.write(_LENGTH.pack(len(sealed) << 1 | last) + sealed)


def header_of(path: Path) -> dict[str, Any]:
    """What an archive says of itself in plain text. BackupError where it is none, or cannot be read."""
    try:
        with path.open("rb") as file:
            return _header(file)[0]
    except OSError as error:
        raise BackupError(
            N_("{file} cannot be read: {why}."), file=path.name, why=error.strerror or type(error).__name__
        ) from None


def _header(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError(N_("This file is no backup of the board, or its beginning is damaged."))
    try:
        plain = _exactly(file, _length(file, _MOST_HEADER))
        header = json.loads(plain)
        if not isinstance(header, dict) or not {"salt", "sealed_with", "fingerprint", "schema"} <= header.keys():
            raise DamagedError
    except ValueError:
        raise DamagedError from None
    return header, plain


def lines(path: Path, passphrase: str | None = None) -> Iterator[bytes]:
    """The lines of an archive in their order. DamagedError as soon as something does not fit; then none counts."""
    with path.open("rb") as file:
        header, plain = _header(file)
        sealer, unpacker, rest, last = _Sealer(key_of(header, passphrase), plain), zlib.decompressobj(), b"", False
        try:
            first = True
            while not last:
                marked = _length(file, (CHUNK + 1024) << 1)
                last = bool(marked & 1)
                try:
                    opened = sealer.open(_exactly(file, marked >> 1), last)
                except DamagedError:
                    if first and header["sealed_with"] == "passphrase":
                        raise BackupError(N_("The passphrase is wrong, or the backup is damaged.")) from None
                    raise
                first = False
                *whole, rest = (rest + unpacker.decompress(opened)).split(b"\n")
                yield from whole
        except zlib.error:
            raise DamagedError from None
        if rest or file.read(1) or not unpacker.eof:
            raise DamagedError


def _length(file: BinaryIO, most: int) -> int:
    number: int = _LENGTH.unpack(_exactly(file, _LENGTH.size))[0]
    if number > most:
        raise DamagedError
    return number


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise DamagedError
    return content
