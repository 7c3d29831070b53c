"""What the counters of players are called in the database."""


def name_counter(metric: str, course_id: int | None = None) -> str:
    """The counter of a metric over everything, or over what was done in one course."""
    return metric if course_id is None else f"{metric}@{course_id}"
