"""A simulated platform with known truth: for the demo, for tests, for benchmarks and for what-ifs.

In go a seed and sizes; out come frames of every noun that a source can give, the truth about every post, and
what was planted (a ring, a fan club, an event after which hate doubles, bans, slanted notes). Order of the
parts: people, posting, groups, matters, wording; then accounts, reports, appeals, notes, ads; `world` joins
them and `writing` writes them. The texts are data: `*.toml`.
"""

from rejoinder.simulate.world import Platform, platform
from rejoinder.simulate.writing import write

__all__ = ["Platform", "platform", "write"]
