"""What an export holds of courses and reviews. What a learner was not told yet is not in it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from app.db.models import (
    Course,
    CourseTask,
    CourseTaskCompletion,
    Enrollment,
    QuizAttempt,
    QuizQuestion,
    ReviewCard,
    ReviewLog,
    Week,
)
from app.db.repositories.export_tables import OF_USER, ExportTable, describe

LEARNING_TABLES: Final[Sequence[ExportTable]] = (
    describe(
        "enrollments",
        "the courses that you take or took",
        select(
            Enrollment.course_id,
            Course.slug.label("course_slug"),
            Course.title.label("course_title"),
            Enrollment.enrolled_at,
            Enrollment.enrolled_on,
            Enrollment.left_at,
            Enrollment.review,
        )
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.user_id == OF_USER)
        .order_by(Enrollment.course_id),
    ),
    describe(
        "course_task_completions",
        "the days of courses that you completed",
        select(
            CourseTaskCompletion.course_task_id,
            CourseTaskCompletion.course_id,
            Week.title.label("week_title"),
            CourseTask.day,
            CourseTask.title,
            CourseTaskCompletion.completed_at,
        )
        .join(CourseTask, CourseTask.id == CourseTaskCompletion.course_task_id)
        .join(Week, Week.id == CourseTask.week_id)
        .where(CourseTaskCompletion.user_id == OF_USER)
        .order_by(CourseTaskCompletion.course_task_id),
    ),
    describe(
        "quiz_attempts",
        "your attempts at quizzes, with your answers as they were judged then",
        select(
            QuizAttempt.course_task_id,
            QuizAttempt.number,
            QuizAttempt.course_id,
            CourseTask.title,
            QuizAttempt.activity_sequence,
            QuizAttempt.attempted_at,
            QuizAttempt.local_on,
            QuizAttempt.quiz_revision,
            QuizAttempt.graded,
            QuizAttempt.passed,
            QuizAttempt.questions,
            QuizAttempt.right,
            QuizAttempt.hearts_lost,
            QuizAttempt.answers,
        )
        .join(CourseTask, CourseTask.id == QuizAttempt.course_task_id)
        .where(QuizAttempt.user_id == OF_USER)
        .order_by(QuizAttempt.course_task_id, QuizAttempt.number),
    ),
    describe(
        "review_cards",
        "the questions that come back, and how well you know them (stability in days)",
        select(
            ReviewCard.id,
            ReviewCard.question_id,
            QuizQuestion.prompt,
            ReviewCard.course_id,
            ReviewCard.created_at,
            ReviewCard.state,
            ReviewCard.step,
            ReviewCard.stability,
            ReviewCard.difficulty,
            ReviewCard.due_at,
            ReviewCard.last_reviewed_at,
            ReviewCard.reviews,
        )
        .join(QuizQuestion, QuizQuestion.id == ReviewCard.question_id)
        .where(ReviewCard.user_id == OF_USER)
        .order_by(ReviewCard.id),
    ),
    describe(
        "review_logs",
        "each of your reviews (rating: 1 again, 2 hard, 3 good, 4 easy)",
        select(
            ReviewLog.card_id,
            ReviewLog.number,
            ReviewLog.activity_sequence,
            ReviewLog.rating,
            ReviewLog.reviewed_at,
            ReviewLog.local_on,
            ReviewLog.state,
        )
        .where(ReviewLog.user_id == OF_USER)
        .order_by(ReviewLog.card_id, ReviewLog.number),
    ),
)
