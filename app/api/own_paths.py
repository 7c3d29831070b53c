"""Paths that begin with the caller's own id: ``/{user_id:subject}/tasks``."""

from starlette.convertors import Convertor, register_url_convertor

RESERVED = (
    "auth", "users", "tasks", "courses", "course-tasks", "weeks", "questions", "reviews", "game",
    "health", "config", "metrics", "audit",
)  # fmt: skip
"""The first words of other paths, present and planned; ``/{user_id}/tasks`` never matches them."""

OWN_PATH = "/{user_id:subject}"


class _SubjectConvertor(Convertor[str]):
    """An id of a user in a path: a number of ours, or the ``sub`` of another issuer."""

    regex = rf"(?!(?:{'|'.join(RESERVED)})/)[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("subject", _SubjectConvertor())
