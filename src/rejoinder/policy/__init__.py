"""Signals in, decisions out, by a written policy that a lawyer reads and a machine executes.

What enters: frames of posts, signals, accounts and reports, and a policy.toml. What leaves: a frame of `Decision`,
each with its clause, its facts and what else matched. In the order of the work: `load_policy` reads and checks the
file (a `when` is in the `language`, over the `vocabulary`), `facts` gathers what is known of each post, `match`
finds the clauses, `decide` climbs the ladders and decides; `replay` compares two policies. `default.toml` ships.
"""

from rejoinder.policy.decisions import LADDER, OFFENCES, decide, decide_batch, decisions, ladder, offences
from rejoinder.policy.document import Clause, Policy, default_policy, default_text, load_policy, parse_policy
from rejoinder.policy.effects import table
from rejoinder.policy.evaluation import MATCHES, match, typed
from rejoinder.policy.examination import lint, test
from rejoinder.policy.explanation import explain
from rejoinder.policy.facts import facts
from rejoinder.policy.replay import Replay, replay
from rejoinder.policy.vocabulary import SCHEMA, VOCABULARY

__all__ = [
    "LADDER", "MATCHES", "OFFENCES", "SCHEMA", "VOCABULARY", "Clause", "Policy", "Replay", "decide", "decide_batch",
    "decisions", "default_policy", "default_text", "explain", "facts", "ladder", "lint", "load_policy", "match",
    "offences", "parse_policy", "replay", "table", "test", "typed",
]  # fmt: skip
