"""Property tests are derandomised: a red run is red again, on every machine, however slow."""

from hypothesis import settings

settings.register_profile("game", deadline=None, derandomize=True, max_examples=100, database=None)
settings.load_profile("game")
