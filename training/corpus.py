"""Step 1: the posts to learn from, as the model reads them, with what is known of each.

    python training/corpus.py FOLDER WORK

FOLDER holds `train.jsonl.gz` and `dev.jsonl.gz`: JSON lines with `text`, `label` (1 = group-directed hate), `source`
and where known `target` and `func` (see `manifest.toml` for what they are and where to get them). Hand-written posts
come from `contrast/`. Writes WORK/train.parquet, WORK/contrast.parquet and WORK/dev.parquet, a row per post: `text`,
`source`, `hate`, and `kinds`, `targets`, `stance` where known (null is unknown, and teaches nothing).

Where people named no kind, the cues name it: weak labels, on hateful posts only.
"""

from __future__ import annotations

import ast
import gzip
import random
import re
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from rejoinder.signals.post.cue import targets_named
from rejoinder.signals.post.cues import find_all, read
from rejoinder.signals.post.reading import reading_column

CONTRAST = Path(__file__).parent / "contrast"
FILLINGS = 6
"""How many ways a hand-written post with slots is filled."""
SEED = 20261122

SCHEMA: dict[str, pl.DataType] = {
    "text": pl.String(), "source": pl.String(), "hate": pl.Int8(), "kinds": pl.List(pl.String),
    "targets": pl.List(pl.String), "stance": pl.String(), "about": pl.String(),
}  # fmt: skip

EDOS = {"1": "threat", "2": "derogation", "3": "derogation", "4": "exclusion"}
"""The categories of EDOS (Kirk 2023); `4` is prejudiced discussion: supporting mistreatment."""

CODES = {
    "bla": "black-people", "mus": "muslims", "wom": "women", "dis": "disabled-people", "jew": "jews",
    "gay": "lgbt-people", "lgb": "lgbt-people", "bis": "lgbt-people", "bisexual": "lgbt-people",
    "asi": "asian-people", "trans": "trans-people", "arab": "arabs", "immig": "migrants", "ref": "migrants",
    "trav": "roma", "rom": "roma", "hisp": "hispanic-people", "indig": "indigenous-people", "for": "migrants",
    "eastern": "migrants", "middle_east": "arabs", "mexican": "hispanic-people", "latino": "hispanic-people",
    "chinese": "asian-people", "asian": "asian-people", "black": "black-people", "muslim": "muslims",
    "native_american": "indigenous-people", "physical_disability": "disabled-people",
    "mental_disability": "disabled-people", "women": "women", "jewish": "jews", "immigrant": "migrants",
}  # fmt: skip
"""How the codes of hatemoji (Kirk 2022) and ToxiGen (Hartvigsen 2022) begin, and whom they mean."""


def main(folder: Path, work: Path) -> None:
    """All three files."""
    work.mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev"):
        public(folder / f"{split}.jsonl.gz").write_parquet(work / f"{split}.parquet")
    contrast(CONTRAST).write_parquet(work / "contrast.parquet")


def public(path: Path) -> pl.DataFrame:
    """The posts of the public corpora."""
    wanted = {"text": pl.String, "label": pl.Int64, "source": pl.String, "target": pl.String, "func": pl.String}
    posts = pl.read_ndjson(gzip.decompress(path.read_bytes()), schema=wanted).with_row_index("row")
    found = find_all(read(posts.select("text", id=pl.col("row").cast(pl.String), lang=pl.lit(None, pl.String))))
    rows = [_public(post, found.get(post["row"], [])) for post in posts.iter_rows(named=True)]
    return _as_read(pl.DataFrame(rows, SCHEMA, orient="row"))


def _public(post: dict[str, Any], hits: list[Any]) -> dict[str, Any]:
    known = {"text": post["text"], "source": post["source"], "hate": post["label"]}
    if not post["label"]:
        return known
    kinds = sorted({hit.cue.kind for hit in hits})
    if post["source"] == "edos":
        kinds = [EDOS[post["func"][0]]]
    targets = _coded(post) or sorted(targets_named(post["text"].lower()).union(*(hit.targets for hit in hits)))
    return known | {"kinds": kinds or None, "targets": targets or None, "stance": "attacks"}


def _coded(post: dict[str, Any]) -> list[str]:
    """The targets that people named, as ours; none where the code is not one of them."""
    if not post["target"]:
        return []
    if post["source"] == "ihc":
        return sorted(targets_named(post["target"].lower()))
    codes = ast.literal_eval(post["target"]) if post["target"].startswith("[") else [post["target"]]
    return sorted({target for code in codes for start, target in CODES.items() if start in code})


def contrast(folder: Path) -> pl.DataFrame:
    """The hand-written posts, each with slots filled a few times."""
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}
    lists = dict(chain.from_iterable(table.get("slots", {}).items() for table in tables.values()))
    chance = random.Random(SEED)
    rows = [
        row
        for table in tables.values()
        for post in table["post"]
        for row in _filled(post, lists | table.get("slots", {}), chance)
    ]
    return _as_read(pl.DataFrame(rows, SCHEMA, orient="row").unique(maintain_order=True))


def _filled(post: dict[str, Any], lists: dict[str, list[str]], chance: random.Random) -> list[dict[str, Any]]:
    """The post once, or where it has slots a few times."""
    times = FILLINGS if "{" in post["text"] else 1
    groups = [name.removesuffix("_person") for name in lists if name.endswith("_person")]
    picked = chance.sample(groups, len(groups))
    return [_once(post, lists, picked[time % len(picked)], chance) for time in range(times)]


def _once(post: dict[str, Any], lists: dict[str, list[str]], group: str, chance: random.Random) -> dict[str, Any]:
    same = {"group": group, "person": f"{group}_person", "groups_adj": f"{group}_adj"}
    slots = re.findall(r"\{([a-z_-]+)\}", post["text"])
    text = post["text"]
    for slot in slots:
        text = text.replace(f"{{{slot}}}", chance.choice(lists[same.get(slot, slot)]), 1)
    named = {same.get(slot, slot).split("_")[0] for slot in slots} & {
        name.removesuffix("_adj") for name in lists if name.endswith("_adj")
    }
    return {
        "text": text, "source": "contrast", "hate": post["label"], "about": post["about"],
        "kinds": [post["kind"]] if post["label"] else [],
        "targets": sorted(post.get("targets") or named) if post["label"] else [],
        "stance": post.get("stance") or ("attacks" if post["label"] else None),
    }  # fmt: skip


def _as_read(posts: pl.DataFrame) -> pl.DataFrame:
    return posts.with_columns(text=reading_column(posts["text"])).filter(pl.col("text").str.strip_chars() != "")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
