"""Parsing: megabytes of JSON per second and core, from a file to checked frames, and the memory that it takes.

    python benchmarks/parsing.py [MEGABYTES]

Two simulated files, our own JSON lines and pages of the X API v2. Beside each stand, in the same run, `json.loads` for
each line with the same columns built by Polars (times read, nothing checked); for lines also `polars.read_ndjson` of
the same chunks into the same columns (nothing checked either), and `msgspec` into typed rows without columns, which is
the floor under our way. Every way runs in a process of its own, in turns; the figures are medians over the rounds, per
CPU second of all threads together. Peak memory is the process's, libraries included; the last row is ours on a file of
a quarter of the size.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import polars as pl

from rejoinder import sources
from rejoinder.records import Post
from rejoinder.sources.own import row_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROUNDS = 3
CHUNK = 16 * 1024 * 1024
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = (
    "the", "of", "and", "to", "a", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with",
    "his", "they", "at", "be", "this", "have", "from", "Saturday", "neighbours", "football", "understand", "together",
)  # fmt: skip


class Figures(NamedTuple):
    """What one way took."""

    posts: int
    seconds: float
    peak: float


def main(megabytes: int) -> None:
    """Prints one table for each format."""
    with TemporaryDirectory(prefix="rejoinder-benchmark-") as folder:
        for title, write, ways in (
            ("our own JSON lines", own_line, LINES),
            ("pages of the X API v2", x_page, PAGES),
        ):
            file, quarter = Path(folder, "whole"), Path(folder, "quarter")
            simulated(file, write, megabytes * 1_000_000)
            simulated(quarter, write, megabytes * 250_000)
            report(title, file, quarter, ways)


def report(title: str, file: Path, quarter: Path, ways: Mapping[str, Callable[[str], int]]) -> None:
    """Measures each way on the same file, in turns."""
    size = file.stat().st_size / 1e6
    every = {"rejoinder": ours, **ways}
    rounds = [{name: aside(way, str(file)) for name, way in every.items()} for _ in range(ROUNDS)]
    figures = {name: middle([found[name] for found in rounds]) for name in every}
    print(f"\n{title}: {size:,.0f} MB, {figures['rejoinder'].posts:,} posts")
    print(f"{'':24}{'MB/CPU-s':>10}{'posts/CPU-s':>13}{'peak MB':>9}{'times faster':>14}")
    for name, one in figures.items():
        ratio = one.seconds / figures["rejoinder"].seconds
        rate = f"{size / one.seconds:>10.0f}{one.posts / one.seconds:>13,.0f}"
        print(f"{name:24}{rate}{one.peak:>9.0f}{ratio if name != 'rejoinder' else 1:>14.2f}")
    small = aside(ours, str(quarter))
    rate = f"{quarter.stat().st_size / 1e6 / small.seconds:>10.0f}{small.posts / small.seconds:>13,.0f}"
    print(f"{'rejoinder, a quarter':24}{rate}{small.peak:>9.0f}")


def middle(found: list[Figures]) -> Figures:
    """Medians over the rounds."""
    return Figures(found[0].posts, median(one.seconds for one in found), median(one.peak for one in found))


def aside(way: Callable[[str], int], file: str) -> Figures:
    """What a way takes in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (way, file))


def measured(way: Callable[[str], int], file: str) -> Figures:
    """CPU seconds of all threads and peak memory in MB; imports are not counted."""
    sources.recognise(file)
    begun = time.process_time()
    posts = way(file)
    seconds = time.process_time() - begun
    return Figures(posts, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


def ours(file: str) -> int:
    """Through the room's own door: recognised, read, checked."""
    return sum(len(batch.frames["post"]) for batch in sources.read(file))


def loads_lines(file: str) -> int:
    """`json.loads` for each line, a list for each column, Polars."""
    return sum(len(frame([json.loads(line) for line in chunk.splitlines()])) for chunk in chunks(file))


def loads_pages(file: str) -> int:
    """`json.loads` for each page, a list for each column, Polars."""
    posts = 0
    for chunk in chunks(file):
        pages = [json.loads(line) for line in chunk.splitlines()]
        posts += len(frame([flat(tweet) for page in pages for tweet in page["data"]]))
    return posts


def rows_alone(file: str) -> int:
    """`msgspec` into typed rows, which are thrown away: the floor under our way."""
    decode = msgspec.json.Decoder(row_type("post")).decode
    return sum(len(list(map(decode, chunk.splitlines()))) for chunk in chunks(file))


def read_ndjson(file: str) -> int:
    """Polars' own reader."""
    schema = {
        name: pl.String() if dtype == pl.Datetime("us", "UTC") else dtype for name, dtype in Post.schema().items()
    }
    return sum(len(with_times(pl.read_ndjson(chunk, schema=schema))) for chunk in chunks(file))


def chunks(file: str) -> Iterator[bytes]:
    """Whole lines, about 16 MB at a time."""
    with Path(file).open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk + stream.readline()


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The columns of a post, list by list."""
    columns = {}
    for name, dtype in Post.schema().items():
        kind = pl.String() if dtype == pl.Datetime("us", "UTC") else dtype
        columns[name] = pl.Series(name, [row.get(name) for row in rows], dtype=kind)
    return with_times(pl.DataFrame(columns))


def with_times(posts: pl.DataFrame) -> pl.DataFrame:
    """The times as times."""
    return posts.with_columns(
        pl.col("created_at", "collected_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False)
    )


def flat(tweet: dict[str, Any]) -> dict[str, Any]:
    """A post of X under our names."""
    metrics, entities = tweet["public_metrics"], tweet.get("entities", {})
    return {
        "id": f"x:{tweet['id']}",
        "platform": "x",
        "author": f"x:{tweet['author_id']}",
        "created_at": tweet["created_at"],
        "text": tweet["text"],
        "lang": tweet["lang"],
        "reply_to": next((f"x:{one['id']}" for one in tweet.get("referenced_tweets", [])), None),
        "thread": f"x:{tweet['conversation_id']}",
        "links": [one["expanded_url"] for one in entities.get("urls", [])],
        "hashtags": [one["tag"] for one in entities.get("hashtags", [])],
        "mentions": [f"x:{one['id']}" for one in entities.get("mentions", [])],
        "sensitive": tweet["possibly_sensitive"],
        "likes": metrics["like_count"],
        "reposts": metrics["retweet_count"],
        "replies": metrics["reply_count"],
        "quotes": metrics["quote_count"],
        "views": metrics["impression_count"],
    }


def simulated(file: Path, line: Callable[[random.Random, int], object], size: int) -> None:
    """A file of about `size` bytes."""
    chance, number = random.Random(7), 0
    with file.open("wb") as stream:
        while stream.tell() < size:
            stream.write(msgspec.json.encode(line(chance, number)) + b"\n")
            number += 1


def own_line(chance: random.Random, number: int) -> dict[str, Any]:
    """A post; one in three answers, one in five names somebody, one in six has a link."""
    post = {
        "record": "post",
        "id": f"sim:{number}",
        "platform": "sim",
        "author": f"sim:u{chance.randrange(2000)}",
        "created_at": moment(number),
        "text": words(chance),
        "lang": "en",
        "likes": chance.randrange(50),
        "reposts": chance.randrange(9),
        "replies": chance.randrange(9),
        "views": chance.randrange(5000),
    }
    answers = {"reply_to": f"sim:{number // 2}", "thread": f"sim:{number // 3}"} if number % 3 == 0 else {}
    mentions = {"mentions": [f"sim:u{number % 2000}"]} if number % 5 == 0 else {}
    links = {"links": [f"https://example.org/{number}"], "hashtags": ["tea"]} if number % 6 == 0 else {}
    return post | answers | mentions | links


def x_page(chance: random.Random, number: int) -> dict[str, Any]:
    """A page of 100 posts and their authors."""
    tweets = [x_tweet(chance, number * 100 + place) for place in range(100)]
    users = [{"id": tweet["author_id"], "username": f"u{tweet['author_id']}", "name": "A name"} for tweet in tweets]
    twarc = {"url": "https://api.x.com/2/tweets/search/all", "version": "2.14.0", "retrieved_at": moment(number)}
    return {"data": tweets, "includes": {"users": users}, "meta": {"result_count": 100}, "__twarc": twarc}


def x_tweet(chance: random.Random, number: int) -> dict[str, Any]:
    """A post with the fields that twarc asks for."""
    names = ("retweet", "reply", "like", "quote", "bookmark", "impression")
    link = {"start": 5, "end": 28, "url": "https://t.co/a", "expanded_url": f"https://example.org/{number}"}
    mention = {"start": 0, "end": 4, "username": "ben", "id": str(number % 2000)}
    context = {
        "domain": {"id": "46", "name": "Business", "description": words(chance)},
        "entity": {"id": "1", "name": "Tea"},
    }
    return {
        "id": str(10**18 + number),
        "text": words(chance),
        "author_id": str(chance.randrange(10**9)),
        "created_at": moment(number),
        "lang": "en",
        "conversation_id": str(10**18 + number // 3),
        "edit_history_tweet_ids": [str(10**18 + number)],
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": {f"{name}_count": chance.randrange(99) for name in names},
        "entities": {"urls": [link] * (number % 2), "mentions": [mention] * (number % 3)},
        "referenced_tweets": [{"type": "replied_to", "id": str(10**18 + number // 2)}] * (number % 2),
        "context_annotations": [context] * (number % 4),
    }


def words(chance: random.Random) -> str:
    """Five to forty-five words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(5, 45)))


def moment(number: int) -> str:
    """A second after the one before, to the millisecond."""
    return (BEGUN + timedelta(seconds=number, milliseconds=number % 1000)).isoformat(timespec="milliseconds")[:-6] + "Z"


LINES = {"json.loads": loads_lines, "polars.read_ndjson": read_ndjson, "msgspec, rows alone": rows_alone}
PAGES = {"json.loads": loads_pages}

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 250)
