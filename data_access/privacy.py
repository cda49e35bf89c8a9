"""Personal data: field encryption, keyed hashes, masking.

One key file in the data folder, made at first start and readable by its owner alone, holds three independent
secrets: for encrypting fields, for hashing document numbers and for signing the login cookie. Fields are sealed
with AES-GCM; a document number is never stored, only its keyed hash and its last four characters.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import traceback
from base64 import b32decode, b32encode, b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.language import N_, _
from config.settings import settings

KEY_FILE = "street.key"
_ROOT = Path(__file__).parents[1]
_VERSION = b"\x01"
_NONCE = 12
_BLOCK = 64  # bytes that SHA-256 takes at a time
_CARRIED = "XR-"  # how the code of a carried-over person begins
_BODY = 52  # its letters: 256 bits in base 32


class KeyFileError(Exception):
    """The key file cannot be read, or does not belong to this database."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True)
class Keys:
    """The secrets of one office."""

    field: bytes
    hash: bytes
    cookie: str

    @property
    def fingerprint(self) -> str:
        """What may be written down to recognise these keys; says nothing about them."""
        return hmac.new(self.hash, b"fingerprint", hashlib.sha256).hexdigest()[:16]

    def seal(self, plain: bytes) -> bytes:
        """``plain`` encrypted: version byte, nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, None)

    def seal_all(self, plains: Sequence[bytes]) -> list[bytes]:
        """Many at once, each with a nonce of its own."""
        random, encrypt = os.urandom(_NONCE * len(plains)), self._cipher.encrypt
        nonces = (random[start : start + _NONCE] for start in range(0, len(random), _NONCE))
        return [_VERSION + nonce + encrypt(nonce, plain, None) for nonce, plain in zip(nonces, plains, strict=True)]

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes; KeyFileError when another key sealed them or they were altered."""
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None)
        except InvalidTag:
            raise KeyFileError(
                N_("The key file does not fit this database. Put back the key file that was used with it.")
            ) from None

    @property
    def _cipher(self) -> AESGCM:
        return _cipher(self.field)

    def person(self, document: str) -> str:
        """The keyed hash by which a person is recognised (document number or person code; case and spaces ignored)."""
        normal = "".join(document.split()).upper()
        if normal.startswith(_CARRIED) and (carried := self._carried(normal)) is not None:
            return carried
        begun = _begun(self.hash)
        inner, outer = begun[0].copy(), begun[1].copy()
        inner.update(normal.encode())
        outer.update(inner.digest())
        return outer.hexdigest()

    def carry(self, person_key: str, last4: str | None) -> str:
        """A person code under which somebody whose document number is not kept is recognised on another sheet.

        It ends in the last four characters of the document, bears a check, and tells nobody the number.
        """
        body = b32encode(bytes.fromhex(person_key)).decode().rstrip("=")
        return f"{_CARRIED}{body}-{self._check(body)}-{last4 or ''}"

    def _carried(self, code: str) -> str | None:
        """The person behind a carried code; None if it is none of ours."""
        body, _dash, rest = code.removeprefix(_CARRIED).partition("-")
        if len(body) != _BODY or not hmac.compare_digest(self._check(body), rest.partition("-")[0]):
            return None
        return b32decode(body + "=" * (-_BODY % 8)).hex()

    def _check(self, body: str) -> str:
        return b32encode(hmac.new(self.hash, b"carried\0" + body.encode(), hashlib.sha256).digest()[:5]).decode()

    def figures(self, text: str) -> str:
        """The keyed hash by which the figures of a sheet are recognised, from which nobody can guess them."""
        return hmac.new(self.hash, b"figures\0" + text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=4)
def _begun(key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """HMAC-SHA-256 begun once, its inner and its outer hash: copies of them cost half of what ``hmac`` costs a text."""
    block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in block)), hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


def keys() -> Keys:
    """The keys of the data folder; made there at the first call."""
    return _load(settings().data_dir)


@lru_cache(maxsize=4)
def _load(folder: Path) -> Keys:
    path = folder / KEY_FILE
    if not path.exists():
        _create(path)
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        return Keys(b64decode(content["field"]), b64decode(content["hash"]), content["cookie"])
    except (ValueError, KeyError):
        raise KeyFileError(
            N_("The key file {path} is damaged. Put back a copy of it; without it names and telephones stay locked."),
            path=path.name,
        ) from None


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "field": b64encode(secrets.token_bytes(32)).decode(),
        "hash": b64encode(secrets.token_bytes(32)).decode(),
        "cookie": secrets.token_urlsafe(48),
    }
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # whoever links first wins: two processes starting at once share one file
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def failure(problem: BaseException) -> str:
    """What went wrong and where, for a log: kind and place, and never its text, which may quote a sheet or a row."""
    places = traceback.extract_tb(problem.__traceback__)
    ours = [place for place in places if Path(place.filename).is_relative_to(_ROOT)]
    where = f" in {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return type(problem).__name__ + where


def mask_name(name: str | None) -> str:
    """A name as it may be shown: the first character and a star."""
    return f"{name[0]}*" if name else ""


def mask_phone(phone: str | None) -> str:
    """A telephone as it may be shown: 138****5678; short numbers keep their last two digits."""
    if not phone:
        return ""
    if len(phone) < 8:
        return f"****{phone[-2:]}"
    return f"{phone[:3]}****{phone[-4:]}"


def mask_document(last4: str | None) -> str:
    """A document number as it may be shown: its last four characters."""
    return f"****{last4}" if last4 else ""


_NUMBER = re.compile(r"\d[\d \-]{5,}[\dXx]")
_DATE = re.compile(r"(19|20)\d{2}-?\d{2}-?\d{2}")


def blot(text: str | None) -> str | None:
    """Free text with everything that may be a telephone or document number blotted out; dates stay."""
    if not text:
        return None
    return _NUMBER.sub(lambda match: match[0] if _DATE.fullmatch(match[0]) else "****", text)
