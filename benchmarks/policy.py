"""The default policy over a million posts, and the same conditions in CEL beside it, in one run.

Rates are rows per CPU second (user and system, all threads), which is what one core gives. Every stage is measured
apart: facts from records, matching, the ladder, decisions. CEL is the policy language of Kubernetes and Google's
cloud; it evaluates one post at a time, so it gets a sample of them, already as Python dicts, and its answers are
compared with ours clause by clause. Two runtimes of it are tried, Google's own in C++ (`cel-expr-python`) and one in
Rust (`common-expression-language`); what is not installed is left out with a note.

    python benchmarks/policy.py [POSTS]
"""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals as nw
import numpy as np
import polars as pl
from sqlglot import exp

from rejoinder.policy import decide_batch, decisions, default_policy, facts, ladder, match, offences
from rejoinder.policy.vocabulary import KINDS, VOCABULARY
from rejoinder.records import Account, Post, Report, Signal
from rejoinder.records.frames import conform

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import Expr

    from rejoinder.policy import Policy

R = TypeVar("R")
SAMPLE = 20_000
ROUNDS = 3


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(name: str, rows: int, work: Callable[[], R]) -> R:
    """Runs `work` a few times and prints the rate of the best."""
    costs = []
    for _ in range(ROUNDS):
        begun = cpu()
        done = work()
        costs.append(cpu() - begun)
    print(f"{name:<46} {rows / min(costs):12,.0f} posts/s of one core   {min(costs):7.3f} CPU s for {rows:,}")
    return done


def records(count: int) -> dict[str, pl.DataFrame]:
    """Posts of which about one in twenty is hateful, one in ten has no text, and one in twenty no detector can read."""
    rng = np.random.default_rng(1)
    ids = pl.Series([f"x:{n}" for n in range(count)])
    accounts = max(1, count // 100)
    authors = pl.Series([f"x:a{n}" for n in rng.integers(0, accounts, count)])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    times = pl.Series(rng.integers(0, 90 * 86_400, count)) * 1_000_000 + int(start.timestamp() * 1e6)
    hate = np.where(rng.random(count) < 0.95, rng.random(count) * 0.3, 0.3 + 0.7 * rng.random(count))
    reach = rng.choice(["in reach", "no text", "language"], count, p=[0.85, 0.1, 0.05])
    stance = rng.choice(["attacks", "unclear", "counters", "reports", "reclaims"], count, p=[0.6, 0.2, 0.1, 0.08, 0.02])
    posts = pl.DataFrame({"id": ids, "platform": "x", "author": authors, "text": "words", "lang": "en"}).with_columns(
        created_at=times.cast(pl.Datetime("us", "UTC"))
    )
    headline = pl.DataFrame({"subject": ids, "probability": hate, "reach": reach, "stance": stance}).with_columns(
        kind=pl.lit("hate"), probability=pl.when(pl.col("reach") == "in reach").then("probability")
    )
    hateful = headline.filter(pl.col("probability") >= 0.5)
    found = hateful.with_columns(kind=pl.Series(rng.choice(KINDS[1:], hateful.height)), targets=pl.lit(["jews"]))
    detector = {"subject_type": pl.lit("post"), "detector": pl.lit("d"), "version": pl.lit("1")}
    reported = pl.DataFrame({"subject": ids.sample(count // 100, seed=1)}).with_columns(
        id="r:" + pl.col("subject"), platform=pl.lit("x"), created_at=pl.lit(start), subject_type=pl.lit("post")
    )
    seen = pl.DataFrame({"id": [f"x:a{n}" for n in range(accounts)], "platform": "x", "followers": 10})
    return {
        "posts": conform(Post, posts),
        "signals": pl.concat(conform(Signal, part.with_columns(**detector)) for part in (headline, found)),
        "accounts": conform(Account, seen),
        "reports": conform(Report, reported),
    }


def ours(count: int) -> tuple[Policy, pl.DataFrame]:
    """Our stages, one by one."""
    policy = default_policy()
    made = records(count)
    known = measured("facts from records", count, lambda: facts(**made))
    found = measured("match: the default policy", count, lambda: match(policy, known))
    print(f"{'':46} {found.height:12,} posts matched or unknown, {found['clause'].count():,} under a clause")
    climbed = measured("ladder over the offences", count, lambda: ladder(policy, offences(policy, found)))
    decided = measured("decide by that ladder", count, lambda: decide_batch(policy, found, climbed))
    measured("a decision about every post", count, lambda: decisions(policy, made["posts"], decided))
    return policy, known


SIGNS: dict[type[Expr], str] = {
    exp.EQ: "==", exp.NEQ: "!=", exp.GTE: ">=", exp.GT: ">", exp.LTE: "<=", exp.LT: "<",
}  # fmt: skip


def cel(node: Expr) -> str:
    """A condition in CEL, over a map `p` that lacks what is unknown."""
    if isinstance(node, exp.Paren):
        return f"({cel(node.this)})"
    if isinstance(node, exp.And | exp.Or):
        return f"({cel(node.this)} {'&&' if isinstance(node, exp.And) else '||'} {cel(node.expression)})"
    if isinstance(node, exp.Not) and isinstance(node.this, exp.Is):
        return f"has(p.{node.this.this.name})"
    if isinstance(node, exp.In):
        return f"(p.{node.this.name} in [{', '.join(literal(option, node.this) for option in node.expressions)}])"
    if isinstance(node, exp.Between):
        low, high = (literal(node.args[bound], node.this) for bound in ("low", "high"))
        return f"(p.{node.this.name} >= {low} && p.{node.this.name} <= {high})"
    return f"p.{node.this.name} {SIGNS[type(node)]} {literal(node.expression, node.this)}"


def literal(node: Expr, term: Expr) -> str:
    """A value in CEL, a probability always with its point."""
    if node.is_string:
        return f"'{node.this}'"
    return str(float(node.this) if VOCABULARY[term.name].kind == "probability" else int(node.this))


Verdicts = list[tuple[bool | None, ...]]


def google(texts: list[str], rows: list[dict[str, Any]]) -> Callable[[], Verdicts]:
    """Google's own runtime in C++; an error, as of a missing key, is unknown."""
    from cel_expr_python import cel as runtime

    environment = runtime.NewEnv(variables={"p": runtime.Type.Map(runtime.Type.STRING, runtime.Type.DYN)})
    programs = [environment.compile(text) for text in texts]

    def verdict(value: object) -> bool | None:
        return value if isinstance(value, bool) else None

    def evaluate() -> Verdicts:
        verdicts = []
        for row in rows:
            activation = environment.Activation({"p": row})
            verdicts.append(tuple(verdict(program.eval(activation).value()) for program in programs))
        return verdicts

    return evaluate


def rust(texts: list[str], rows: list[dict[str, Any]]) -> Callable[[], Verdicts]:
    """The runtime in Rust; an exception is unknown."""
    import cel as runtime  # type: ignore[import-not-found,unused-ignore]

    programs = [runtime.compile(text) for text in texts]

    def verdict(program: Any, context: Any) -> bool | None:  # noqa: ANN401 - of a library that is no dependency
        try:
            return bool(program.execute(context))
        except Exception:  # noqa: BLE001 - it has no type of its own for this
            return None

    def evaluate() -> Verdicts:
        verdicts = []
        for row in rows:
            context = runtime.Context({"p": row})
            verdicts.append(tuple(verdict(program, context) for program in programs))
        return verdicts

    return evaluate


def main(count: int) -> None:
    """Ours over all posts, CEL over a sample, and whether they agree."""
    policy, known = ours(count)
    sample = known.sample(min(count, SAMPLE), seed=1)
    terms = sorted({term for condition in policy.conditions for term in condition.terms})
    rows = [
        {name: value for name, value in row.items() if value is not None} for row in sample.select(terms).to_dicts()
    ]
    texts = [cel(condition.tree) for condition in policy.conditions]
    truths = {clause.id: condition.truth for clause, condition in zip(policy.clauses, policy.conditions, strict=True)}
    measured("conditions only: Rejoinder", count, lambda: nw.from_native(known).select(**truths))
    expected = nw.from_native(sample).select(**truths).rows()
    for name, peer in (("cel-expr-python", google), ("common-expression-language", rust)):
        try:
            evaluate = peer(texts, rows)
        except ImportError:
            print(f"{name}: not installed, left out")
            continue
        found = measured(f"conditions only: {name}", len(rows), evaluate)
        same = sum(one == other for one, other in zip(found, expected, strict=True))
        print(f"{'':46} {same:12,} of {len(rows):,} posts with the same verdict on every clause")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
