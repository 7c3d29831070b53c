"""How large a curriculum's files may be, in a folder as in an archive."""

from typing import Final

MAX_FILES: Final = 2_000
"""Folders that are listed count, too."""
MAX_FILE_SIZE: Final = 2 * 1024 * 1024
"""Bytes: as large as a quiz can be whose every text has its greatest length."""
MAX_TOTAL_SIZE: Final = 50 * 1024 * 1024
"""Bytes, unpacked."""

TOO_MANY: Final = f"more than {MAX_FILES} files are too many"
TOO_LARGE: Final = f"is larger than {MAX_FILE_SIZE // 1024**2} MiB"
TOO_LARGE_IN_ALL: Final = f"all files up to here are larger than {MAX_TOTAL_SIZE // 1024**2} MiB"


def is_litter(path: str) -> bool:
    """Whether a file is what macOS leaves in folders and archives."""
    parts = path.split("/")
    return parts[0] == "__MACOSX" or parts[-1] == ".DS_Store"
