"""The cache of one process: what stays, what goes, and groups that commits make wrong."""

import pytest

from app.infra.cache import (
    InProcessCache,
    InProcessGroups,
    LayeredCache,
    NoGroups,
)

LONG = 3600


class Time:
    """Seconds that a test sets."""

    now = 0.0

    def tell(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def cache(time: Time) -> InProcessCache:
    """With room for eight values of 1,000 bytes, keys and all."""
    return InProcessCache(8 * 1000, time.tell)


async def fill(cache: InProcessCache, *keys: str, size: int = 700) -> None:
    for key in keys:
        await cache.set(key, key.encode() * (size // len(key)), LONG)


async def list_kept(cache: InProcessCache, keys: str) -> str:
    return "".join([key for key in keys if await cache.get(key) is not None])


async def test_a_value_stays_for_its_time(cache: InProcessCache, time: Time) -> None:
    await cache.set("a", b"1", 10)
    time.now = 9.9
    assert await cache.get("a") == b"1"
    time.now = 10
    assert await cache.get("a") is None
    assert (len(cache), cache.size) == (0, 0)


async def test_a_later_value_takes_the_place(cache: InProcessCache, time: Time) -> None:
    await cache.set("a", b"1", 10)
    time.now = 5
    await cache.set("a", b"2", 10)
    time.now = 14
    assert await cache.get("a") == b"2"
    assert len(cache) == 1


async def test_what_was_not_asked_for_longest_goes_first(cache: InProcessCache) -> None:
    await fill(cache, *"abcdefgh")
    assert await list_kept(cache, "abcdefgh") == "abcdefgh"
    await cache.get("a")
    await fill(cache, "i")
    assert await list_kept(cache, "abcdefghi") == "acdefghi"
    assert cache.size <= 8000


async def test_the_room_holds_whatever_comes(cache: InProcessCache) -> None:
    for number in range(1000):
        await cache.set(str(number), b"x" * (number % 900), LONG)
        assert cache.size <= 8000
    await cache.clear()
    assert (len(cache), cache.size) == (0, 0)


async def test_one_large_value_does_not_drive_all_others_out(cache: InProcessCache) -> None:
    await fill(cache, *"abc")
    await cache.set("a", b"x" * 1000, LONG)
    assert await list_kept(cache, "abc") == "bc"


async def test_what_is_deleted_is_gone(cache: InProcessCache) -> None:
    await fill(cache, *"ab")
    await cache.delete("a")
    await cache.delete("never there")
    assert await list_kept(cache, "ab") == "b"


async def test_what_is_found_far_off_is_kept_near(cache: InProcessCache, time: Time) -> None:
    far = InProcessCache(8000, time.tell)
    layered = LayeredCache(cache, far, near_seconds=5)
    await far.set("a", b"1", 60)

    assert await layered.get("a") == b"1"
    await far.delete("a")
    assert await layered.get("a") == b"1"
    time.now = 5
    assert await layered.get("a") is None


async def test_a_layered_value_is_kept_in_both(cache: InProcessCache, time: Time) -> None:
    far = InProcessCache(8000, time.tell)
    layered = LayeredCache(cache, far, near_seconds=5)

    await layered.set("a", b"1", 60)
    assert await cache.get("a") == await far.get("a") == b"1"
    time.now = 30
    assert (await cache.get("a"), await far.get("a")) == (None, b"1")

    for forget in (layered.delete("a"), layered.clear()):
        await layered.set("a", b"1", 60)
        await forget
        assert await layered.get("a") is None


async def test_a_group_is_right_until_it_changes(cache: InProcessCache) -> None:
    groups = InProcessGroups(cache)
    for group in ("tables", "others"):
        await groups.fill(await groups.find(group, "a"), group.encode(), LONG)
    assert (await groups.find("tables", "a")).value == b"tables"

    groups.change({"tables"})

    assert (await groups.find("tables", "a")).value is None
    assert (await groups.find("others", "a")).value == b"others"
    await groups.close()


async def test_what_was_read_before_a_change_is_not_found_after_it(cache: InProcessCache) -> None:
    groups = InProcessGroups(cache)
    slot = await groups.find("tables", "a")
    groups.change({"tables"})
    await groups.fill(slot, b"old", LONG)

    assert (await groups.find("tables", "a")).value is None


async def test_where_changes_can_not_be_heard_of_nothing_is_kept() -> None:
    groups = NoGroups()
    slot = await groups.find("tables", "a")
    assert slot.stamp is None
    await groups.fill(slot, b"1", LONG)
    groups.change({"tables"})
    assert (await groups.find("tables", "a")).value is None
    await groups.close()
