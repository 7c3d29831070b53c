"""Write the OpenAPI document to ``openapi.json``: ``python -m commands.export_openapi [--check]``."""

import argparse
import json
import sys
from pathlib import Path

from app.core.config import Settings
from app.main import create_app
from commands.terminal import fail

FILE = Path(__file__).parents[1] / "openapi.json"


def render_document() -> str:
    """The document, always in the same form, so that a change of it can be read as a difference."""
    # The settings of this machine have no part in it.
    document = create_app(Settings.model_construct()).openapi()
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None, file: Path = FILE) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Write the OpenAPI document.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the file is not up to date"
    )
    options = parser.parse_args(arguments)
    document = render_document()
    if not options.check:
        file.write_text(document, encoding="utf-8")
        print(f"written: {file}")
    elif not file.exists() or file.read_text(encoding="utf-8") != document:
        return fail(f"{file.name} is out of date: run python -m commands.export_openapi")
    return 0


if __name__ == "__main__":
    sys.exit(main())
