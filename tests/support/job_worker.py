"""Workers whose jobs write down when they begin and end: ``python -m tests.support.job_worker FILE HOW``.

HOW is ``kill`` (the process dies, by SIGKILL, in the middle of whatever is begun for the first time) or
``work``. Where a worker dies, another takes its place at once, as under a supervisor. Ends by SIGTERM.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from app.core.config import load_settings
from app.core.logging import configure_logging
from app.db.repositories.background_tasks import JobRow
from app.parts import Parts, open_parts
from app.worker.jobs import do_jobs
from tests.worker.job_steps import KIND

MIDDLE_SECONDS = 0.02


async def work(record: Path, *, is_killer: bool) -> None:
    """Do jobs until told to leave."""
    told_to_leave = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_leave.set)

    def write(event: str, job: JobRow) -> None:
        with record.open("a") as file:
            file.write(f"{event} {job.id} {os.getpid()} {job.attempts}\n")

    def is_begun(job: JobRow) -> bool:
        return record.exists() and f"begin {job.id} " in record.read_text()

    async def handle(_parts: Parts, job: JobRow) -> None:
        is_first = not is_begun(job)
        write("begin", job)
        await asyncio.sleep(MIDDLE_SECONDS)
        if is_killer and is_first:
            os.kill(os.getpid(), signal.SIGKILL)
        write("end", job)

    async with open_parts(load_settings()) as parts, do_jobs(parts, {KIND: handle}):
        await told_to_leave.wait()


def supervise(record: Path, *, is_killer: bool) -> None:
    """Keep one worker running, in a process of its own that has all modules loaded."""
    is_leaving = False
    child = 0

    def leave(*_: object) -> None:
        nonlocal is_leaving
        is_leaving = True
        os.kill(child, signal.SIGTERM)

    while not is_leaving:
        child = os.fork()
        if child == 0:
            asyncio.run(work(record, is_killer=is_killer))
            os._exit(0)
        signal.signal(signal.SIGTERM, leave)
        os.waitpid(child, 0)


if __name__ == "__main__":
    configure_logging("error")
    supervise(Path(sys.argv[1]), is_killer=sys.argv[2] == "kill")
