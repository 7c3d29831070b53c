"""How commands speak: a sentence for people, JSON with ``--json``, one line when they fail."""

import argparse
import asyncio
import json
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from app.core.config import SettingsError
from app.core.errors import QuestboardError


def report(sentence: str, facts: dict[str, Any], *, as_json: bool) -> None:
    """Print a result on standard output."""
    print(json.dumps(facts, default=str) if as_json else sentence)


def fail(sentence: str) -> int:
    """Print why a command failed on standard error; the status to exit with."""
    print(f"error: {sentence}", file=sys.stderr)
    return 1


def take_no_options(description: str | None, arguments: Sequence[str] | None) -> None:
    """Explain the command to who asks for ``--help``, and refuse options that it does not have."""
    formatter = argparse.RawDescriptionHelpFormatter
    program = f"python -m commands.{Path(sys.argv[0]).stem}"
    parser = argparse.ArgumentParser(program, description=description, formatter_class=formatter)
    parser.parse_args(arguments)


def run(command: Coroutine[Any, Any, int]) -> int:
    """Run an async command; expected failures become one line and a status of 1."""
    try:
        return asyncio.run(command)
    except SettingsError as error:
        return fail(str(error))
    except QuestboardError as error:
        return fail(str(error.detail))
    except KeyboardInterrupt:
        return 130
