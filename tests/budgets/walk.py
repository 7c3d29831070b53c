"""The whole walk, in an order in which everything can be done."""

from app.core.roles import Role
from tests.budgets.accounts import administer, keep_account, leave, visit
from tests.budgets.journey import Journey, Observe, check_complete
from tests.budgets.learning import learn, write
from tests.budgets.playing import play
from tests.budgets.tasks import keep_tasks
from tests.budgets.together import meet
from tests.support.service import Learner, Service

_STAGES = (visit, keep_account, administer, keep_tasks, learn, write, play, meet, leave)


async def walk(service: Service, learner: Learner, observe: Observe) -> Journey:
    """Ask every operation. In the end the learner's account is gone."""
    author = await service.learner(f"author-{learner.id}@example.org", role=Role.AUTHOR)
    rights = {"role": Role.ADMIN, "is_superuser": True}
    admin = await service.learner(f"admin-{learner.id}@example.org", **rights)
    journey = Journey(service, observe, learner, author, admin)
    for stage in _STAGES:
        await stage(journey)
    check_complete(journey)
    return journey
