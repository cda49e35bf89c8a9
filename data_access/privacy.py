"""Personal data: field encryption, keyed hashes, masking.

One key file in the data folder, made at first start and readable by its owner alone, holds independent secrets: for
encrypting fields, for hashing document numbers and for signing the login cookie. Fields are sealed with AES-GCM; a
document number is never stored, only its keyed hash and its last four characters.

The key of the fields can be changed (``rotation``): the first byte of a sealed value tells which one sealed it, and
while values of both are there the file holds both. The key of the hashes stays: the numbers behind the hashes are not
kept, so nobody could hash them anew; people would no longer be recognised, and audit trail and backups hang on it too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import traceback
from base64 import b32decode, b32encode, b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.language import N_, _
from config.settings import settings

KEY_FILE = "street.key"
log = logging.getLogger("street.privacy")

_ROOT = Path(__file__).parents[1]
_SIZE = 32  # bytes of a key
_NONCE = 12
_BLOCK = 64  # bytes that SHA-256 takes at a time
_CARRIED = "XR-"  # how the code of a carried-over person begins
_BODY = 52  # its letters: 256 bits in base 32

NOT_OURS = N_("The key file does not fit this database. Put back the key file that was used with it.")


class KeyFileError(Exception):
    """The key file cannot be read, or does not belong to this database."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True)
class Keys:
    """The secrets of one office. ``before``: older field keys by their version, while values of theirs are there."""

    field: bytes
    hash: bytes
    cookie: str
    version: int = 1
    before: tuple[tuple[int, bytes], ...] = ()

    @property
    def fingerprint(self) -> str:
        """What may be written down to recognise these keys; says nothing about them."""
        return hmac.new(self.hash, b"fingerprint", hashlib.sha256).hexdigest()[:16]

    @property
    def mark(self) -> bytes:
        """The first byte of what these keys seal."""
        return bytes([self.version])

    def seal(self, plain: bytes) -> bytes:
        """``plain`` encrypted: version byte, nonce, ciphertext with its tag."""
        nonce = os.urandom(_NONCE)
        return self.mark + nonce + _cipher(self.field).encrypt(nonce, plain, None)

    def seal_all(self, plains: Sequence[bytes]) -> list[bytes]:
        """Many at once, each with a nonce of its own."""
        random, encrypt, mark = os.urandom(_NONCE * len(plains)), _cipher(self.field).encrypt, self.mark
        nonces = (random[start : start + _NONCE] for start in range(0, len(random), _NONCE))
        return [mark + nonce + encrypt(nonce, plain, None) for nonce, plain in zip(nonces, plains, strict=True)]

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes; KeyFileError when another key sealed them or they were altered."""
        version = sealed[0] if sealed else 0
        key = self.field if version == self.version else dict(self.before).get(version)
        if key is None:
            refresh()
            later = keys()
            if later is not self and later.hash == self.hash:  # the key was changed since these were read
                return later.open(sealed)
            raise KeyFileError(NOT_OURS)
        try:
            return _cipher(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None)
        except InvalidTag:
            raise KeyFileError(NOT_OURS) from None

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


# The key file ----------------------------------------------------------------------------------------------------


def keys() -> Keys:
    """The keys of the data folder; made there at the first call."""
    return _load(settings().data_dir)


def refresh() -> None:
    """Read the key file again where it has been changed since: every writer does so once it has its turn."""
    _load.refresh(settings().data_dir)


def require() -> None:
    """KeyFileError where the key file is gone: for a database that has data, a new one would be of no use."""
    path = settings().data_dir / KEY_FILE
    if not path.exists():
        raise KeyFileError(
            N_("The key file {path} is missing in the data folder. Put back a copy of it; the board makes no new one."),
            path=path.name,
        )


def forget() -> None:
    """Read the key file anew when it is asked for next: the one that was read does not fit."""
    _load.cache_clear()


class _Loader:
    """The keys of a data folder, read once, and again when the file has become another one."""

    def __init__(self) -> None:
        self._held: dict[Path, tuple[object, Keys]] = {}

    def __call__(self, folder: Path) -> Keys:
        held = self._held.get(folder)
        if held is None:
            path = folder / KEY_FILE
            if not path.exists():
                made = Keys(secrets.token_bytes(_SIZE), secrets.token_bytes(_SIZE), secrets.token_urlsafe(48))
                _put(path, made, new=True)
            held = self._held[folder] = (_mark(path), _from_file(path))
        return held[1]

    def refresh(self, folder: Path) -> None:
        """A key that has left the file stays in memory, for readers that began before; no file changes nothing."""
        held, mark = self._held.get(folder), _mark(folder / KEY_FILE)
        if held is None or mark is None or mark == held[0]:
            return
        now, old = _from_file(folder / KEY_FILE), held[1]
        if now.hash == old.hash:
            known = {**dict(old.before), old.version: old.field, **dict(now.before)}
            known.pop(now.version, None)
            now = replace(now, before=tuple(known.items()))
        self._held[folder] = (mark, now)

    def cache_clear(self) -> None:
        """Forget what was read."""
        self._held.clear()


_load = _Loader()


def _mark(path: Path) -> object:
    """What tells a file from the one that was there before; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _from_file(path: Path) -> Keys:
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        fields = content["fields"] if "fields" in content else {"1": content["field"]}
        *before, (version, field) = [(int(number), b64decode(key, validate=True)) for number, key in fields.items()]
        found = Keys(field, b64decode(content["hash"], validate=True), str(content["cookie"]), version, tuple(before))
        if {len(key) for key in (found.hash, field, *dict(before).values())} != {_SIZE} or not 0 < version < 256:
            raise ValueError
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise KeyFileError(N_("The key file {path} cannot be read: {why}."), path=path.name, why=why) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyFileError(
            N_("The key file {path} is damaged. Put back a copy of it; without it names and telephones stay locked."),
            path=path.name,
        ) from None
    if os.name == "posix" and path.stat().st_mode & 0o077:
        log.warning("others can read the key file %s: let its owner alone read it (chmod 600)", path.name)
    return found


def _put(path: Path, kept: Keys, *, new: bool) -> None:
    """Write a key file, whole or not at all; a ``new`` one yields to one that somebody else has just made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = {str(number): b64encode(key).decode() for number, key in (*kept.before, (kept.version, kept.field))}
    content = {"fields": fields, "hash": b64encode(kept.hash).decode(), "cookie": kept.cookie}
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        if new:
            with suppress(FileExistsError):  # whoever links first wins: two processes starting at once share one file
                os.link(draft, path)
        else:
            os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def begin_rotation() -> bool:
    """Put a new field key into the file, from now on the one that seals; False where a change is under way already.

    For ``rotation``, in a writer's turn: whoever writes next reads the file again.
    """
    path = settings().data_dir / KEY_FILE
    now = _from_file(path)
    if now.before:
        return False
    field, version = secrets.token_bytes(_SIZE), now.version % 255 + 1
    _put(path, replace(now, field=field, version=version, before=((now.version, now.field),)), new=False)
    refresh()
    return True


def end_rotation() -> None:
    """Leave only the field key that seals in the file: nothing is sealed with another one any more."""
    path = settings().data_dir / KEY_FILE
    _put(path, replace(_from_file(path), before=()), new=False)
    refresh()


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
