"""What several rooms' tests share: a small simulated platform, written to files once."""

import pytest
from hypothesis import settings

settings.register_profile("unit", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("unit")  # `pytest --hypothesis-profile=thorough` looks longer


@pytest.fixture(scope="session")
def small_files(tmp_path_factory):
    """The files of a simulated platform of 2,000 posts."""
    from rejoinder import simulate

    folder = tmp_path_factory.mktemp("small")
    return [str(path) for path in simulate.write(simulate.platform(seed=7, posts=2_000, accounts=300, days=90), folder)]
