"""A day's quiz from its file, in YAML or in GIFT."""

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.core.curriculum import MAX_QUESTIONS
from app.schemas.curriculum import (
    Question,
    QuestionDefinition,
    default_question_key,
    key_of,
)
from app.services.curriculum.gift_questions import read_gift_quiz
from app.services.curriculum.model_problems import describe_errors
from app.services.curriculum.problems import ProblemList, show_text
from app.services.curriculum.sources import decode_text, read_fields
from app.services.curriculum.yaml_tree import Node, SequenceNode, to_python

_QUESTION: Final[TypeAdapter[Question]] = TypeAdapter(QuestionDefinition)
_LIST: Final = "questions"

Located = tuple[int, Question]


def read_quiz(data: bytes, file: str) -> tuple[Question, ...]:
    """The questions of a quiz. GIFT is told by the name of the file.

    Raises:
        CurriculumError: something in it is wrong.
    """
    text = decode_text(data, file)
    problems = ProblemList()
    if file.endswith(".gift"):
        found, unread = read_gift_quiz(text)
        located = [(item.line, item.question) for item in found]
        for line, message in unread:
            problems.add(file, line, message)
    else:
        located = _read_yaml(text, file, problems)
    _check_whole(located, file, problems)
    problems.raise_any()
    return tuple(_drop_default_key(question) for _, question in located)


def _drop_default_key(question: Question) -> Question:
    """A key that says what it would be without saying so: the normal form leaves it out."""
    if question.key != default_question_key(question.kind, question.prompt):
        return question
    return question.model_copy(update={"key": None})


def _read_yaml(text: str, file: str, problems: ProblemList) -> list[Located]:
    fields = read_fields(text, file)
    for name in fields.node.fields.keys() - {_LIST}:
        problems.add(file, fields.line_of(name), f"{show_text(name)} is not known here")
    questions = fields.node.fields.get(_LIST)
    if not isinstance(questions, SequenceNode):
        problem = "is missing" if questions is None else "must be a list"
        problems.add(file, fields.line_of(_LIST), f"'{_LIST}' {problem}")
        raise problems.error()
    return _read_questions(questions.items, file, problems)


def _read_questions(nodes: Sequence[Node], file: str, problems: ProblemList) -> list[Located]:
    located = []
    # One more than there may be shows that there are too many.
    for number, node in enumerate(nodes[: MAX_QUESTIONS + 1], 1):
        try:
            located.append((node.line, _QUESTION.validate_python(to_python(node))))
        except ValidationError as error:
            for _, line, message in describe_errors(error, node, f"question {number}", tags=1):
                problems.add(file, line, message)
    return located


def _check_whole(located: Sequence[Located], file: str, problems: ProblemList) -> None:
    if not located and not problems:
        problems.add(file, 1, "has no questions: delete the file if the day has no quiz")
    if len(located) > MAX_QUESTIONS:
        line = located[MAX_QUESTIONS][0]
        problems.add(file, line, f"a quiz has at most {MAX_QUESTIONS} questions")
    first: dict[str, Located] = {}
    for item in located:
        other = first.setdefault(key_of(item[1]), item)
        if other is not item:
            message = f"has the key of the question in line {other[0]}, or asks the same"
            problems.add(file, item[0], message)
