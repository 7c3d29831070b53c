"""ZIP archives to be read, honest ones and patched ones."""

import io
import re
import warnings
import zipfile

import pytest

from app.services.curriculum.archive import read_archive
from app.services.curriculum.problems import CurriculumError

CENTRAL = b"PK\1\2"
LOCAL = b"PK\3\4"
END = b"PK\5\6"


def make_zip(
    entries: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of names that are there twice
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, data in entries:
                archive.writestr(name, data, method)
    return buffer.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    return read_archive(io.BytesIO(data))


def problems_of(data: bytes) -> list[str]:
    with pytest.raises(CurriculumError) as caught:
        read(data)
    return [str(problem) for problem in caught.value.problems]


def patch(data: bytes, signature: bytes, offset: int, value: bytes, which: int = 0) -> bytes:
    """Overwrite bytes at an offset in the header that starts with the signature."""
    place = [found.start() for found in re.finditer(re.escape(signature), data)][which] + offset
    return data[:place] + value + data[place + len(value) :]


def rename(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert data.count(old) == 2
    return data.replace(old, new)
