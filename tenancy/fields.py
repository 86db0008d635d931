"""The one encrypted field type: telephone numbers. And how the key of a second factor is sealed.

`PhoneField` keeps an AES-GCM ciphertext; beside it stand a keyed blind index for equality and the last four digits
for lists. Keys come from settings.FIELD_KEYS, never from the database. Who may see a number in full is a policy's business.
"""

import base64
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

PREFIX = "v1:aesgcm:"


@lru_cache(maxsize=64)
def _derived(purpose: str, master: str) -> bytes:
    return hmac.digest(base64.b64decode(master), purpose.encode(), "sha256")


@lru_cache(maxsize=64)
def _cipher(master: str, purpose: str = "phone-seal") -> AESGCM:
    return AESGCM(_derived(purpose, master))


def blind_index(number: str) -> str:
    """HMAC-SHA256 of a normalised number, hex; equal numbers have equal indexes, nothing else can be learnt."""
    oldest = settings.FIELD_KEYS[list(settings.FIELD_KEYS)[-1]]
    return hmac.digest(_derived("phone-index", oldest), number.encode(), "sha256").hex()


def seal(number: str, label: str, index: str) -> str:
    """`v1:aesgcm:key:nonce:ciphertext`; label (table.column) and the blind index are authenticated with it."""
    nonce, key_id = os.urandom(12), next(iter(settings.FIELD_KEYS))
    bound = f"{label}|{index}".encode()
    sealed = _cipher(settings.FIELD_KEYS[key_id]).encrypt(nonce, number.encode(), bound)
    return f"{PREFIX}{key_id}:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


def unseal(text: str, label: str, index: str) -> str:
    """The number; raises cryptography's InvalidTag when the ciphertext belongs to another column or number."""
    _, _, key_id, nonce, sealed = text.split(":")
    bound = f"{label}|{index}".encode()
    opened = _cipher(settings.FIELD_KEYS[key_id]).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), bound)
    return opened.decode()


def seal_secret(secret: bytes, owner: str) -> str:
    """A key of a few bytes, bound to its owner so that it cannot be laid under another one."""
    nonce, key_id = os.urandom(12), next(iter(settings.FIELD_KEYS))
    sealed = _cipher(settings.FIELD_KEYS[key_id], "secret-seal").encrypt(nonce, secret, owner.encode())
    return f"{PREFIX}{key_id}:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


def unseal_secret(text: str, owner: str) -> bytes:
    """Raises cryptography's InvalidTag when the secret belongs to another owner."""
    _, _, key_id, nonce, sealed = text.split(":")
    opened: bytes = _cipher(settings.FIELD_KEYS[key_id], "secret-seal").decrypt(
        base64.b64decode(nonce), base64.b64decode(sealed), owner.encode()
    )
    return opened


def secret_index(text: str) -> str:
    """HMAC-SHA256 of a one-time code, hex: what is kept of it."""
    oldest = settings.FIELD_KEYS[list(settings.FIELD_KEYS)[-1]]
    return hmac.digest(_derived("secret-index", oldest), text.encode(), "sha256").hex()


def masked(number: str) -> str:
    """First three and last four characters, the rest starred."""
    return re.sub(r"^(.{3}).*(.{4})$", r"\1****\2", number) if len(number) > 7 else "****"


@dataclass(frozen=True, slots=True)
class Phone:
    """A stored number that shows itself only masked; `reveal()` is called where a policy allowed it."""

    sealed: str
    index: str
    last4: str
    label: str

    def __str__(self) -> str:
        return f"****{self.last4}" if self.last4 else ""

    def __bool__(self) -> bool:
        return bool(self.sealed)

    def reveal(self) -> str:
        return unseal(self.sealed, self.label, self.index) if self.sealed else ""


class _Access:
    """Reading gives a Phone, writing a string seals it."""

    def __init__(self, field: "PhoneField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        name, data = self.field.name, row.__dict__
        return Phone(data.get(name, ""), data.get(f"{name}_index", ""), data.get(f"{name}_last4", ""), self.field.label)

    def __set__(self, row: models.Model, value: Any) -> None:
        name, data = self.field.name, row.__dict__
        if isinstance(value, str) and value and not value.startswith(PREFIX):
            index = blind_index(value)
            data[name] = seal(value, self.field.label, index)
            data[f"{name}_index"], data[f"{name}_last4"] = index, value[-4:]
            return
        data[name] = value.sealed if isinstance(value, Phone) else (value or "")
        if not data[name]:
            data[f"{name}_index"] = data[f"{name}_last4"] = ""


class PhoneField(models.TextField):
    """Declares three columns: the sealed number, `<name>_index` and `<name>_last4`.

    Queries ask the index: `filter(phone_index=blind_index(number))`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    @property
    def label(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Access(self))
        # Migrations rebuild models from a field list that already names the two side columns.
        if cls._meta.abstract or cls.__module__ == "__fake__":
            return
        for suffix, length in (("index", 64), ("last4", 4)):
            side = models.CharField(max_length=length, blank=True, default="", editable=False)
            # Before this field in order: a constructor's defaults must not wipe what setting the number fills in.
            side.creation_counter = self.creation_counter - 0.5  # type: ignore[assignment]
            side.contribute_to_class(cls, f"{name}_{suffix}")

    def get_prep_value(self, value: Any) -> Any:
        return value.sealed if isinstance(value, Phone) else super().get_prep_value(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return model_instance.__dict__.get(self.name, "")
