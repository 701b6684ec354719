"""Parts are named by their bytes, whole or absent, and hold exactly the rows that were written."""

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rejoinder.errors import EvidenceError, OutsideError, UsageError
from rejoinder.records import NOUNS, Account, Post, Rating, Signal
from rejoinder.records.frames import conform, to_frame
from rejoinder.store import Archive, Part

MIDNIGHT = datetime(2023, 11, 15, tzinfo=UTC)


def posts(count=6, platforms=("x", "y"), step=timedelta(hours=9)):
    """Posts of several platforms and days, in no order of either."""
    return to_frame(
        Post,
        [
            Post(
                id=f"{n}",
                platform=platforms[n % len(platforms)],
                author=f"a{n % 3}",
                created_at=MIDNIGHT + (n * 7 % count) * step,
                text=f"text {n}",
                hashtags=("tag",) * (n % 3),
                likes=n or None,
            )
            for n in range(count)
        ],
    )


@pytest.fixture(params=["folder", "memory"])
def archive(request, tmp_path):
    """An empty archive."""
    return Archive(str(tmp_path / "archive") if request.param == "folder" else "memory:///")


def test_posts_lie_by_platform_and_day_and_every_row_comes_back(archive):
    frame = posts()
    parts = archive.write(Post, frame)

    folders = [part.path.rpartition("/")[0] for part in parts]
    days = {(row["platform"], row["created_at"].date()) for row in frame.iter_rows(named=True)}
    assert [f"post/platform={platform}/day={day}" for platform, day in sorted(days)] == folders
    assert frame.height == sum(part.rows for part in parts)
    assert_frame_equal(frame, archive.scan(Post, parts).collect(), check_row_order=False)


def test_rows_of_a_part_keep_the_order_in_which_they_were_given(archive):
    frame = posts(platforms=("x",), step=timedelta(minutes=1)).reverse()
    [part] = archive.write(Post, frame)

    assert_frame_equal(frame, archive.read(part))
    assert_frame_equal(frame, archive.scan(Post, [part]).collect())


def test_a_day_is_a_day_in_utc(archive):
    last = datetime(2023, 11, 15, 23, 59, 59, 999_999, tzinfo=UTC)
    rows = [
        Post(id=f"{n}", platform="x", author="a", created_at=last + n * timedelta(microseconds=1)) for n in range(2)
    ]
    parts = archive.write(Post, to_frame(Post, rows))

    assert [date(2023, 11, 15), date(2023, 11, 16)] == [
        date.fromisoformat(part.path.split("/")[2].removeprefix("day=")) for part in parts
    ]


def test_the_name_of_a_part_is_the_sha_256_of_its_bytes(tmp_path):
    for part in Archive(str(tmp_path)).write(Post, posts()):
        path = tmp_path / part.path
        assert path.name == f"{sha256(path.read_bytes()).hexdigest()}.parquet" == f"{part.sha256}.parquet"


def test_other_records_lie_in_one_part(archive):
    signals = to_frame(
        Signal,
        [
            Signal(subject=f"{n}", subject_type="post", detector="d", version="1", kind="hate", probability=0.5)
            for n in range(3)
        ],
    )
    [part] = archive.write(Signal, signals)

    assert (part.noun, part.path, part.rows) == ("signal", f"signal/{part.sha256}.parquet", 3)


def test_accounts_are_not_scattered_over_the_days_of_their_making(archive):
    accounts = to_frame(
        Account, [Account(id=f"{n}", platform="x", created_at=MIDNIGHT + timedelta(days=n)) for n in range(5)]
    )

    assert [f"account/{part.sha256}.parquet" for part in archive.write(Account, accounts)] == [
        part.path for part in archive.write(Account, accounts)
    ]


@pytest.mark.parametrize("record", NOUNS)
def test_no_rows_are_no_part_and_no_parts_are_an_empty_frame(archive, record):
    assert [] == archive.write(record, to_frame(record, []))
    assert record.schema() == archive.scan(record, []).collect_schema()
    assert archive.scan(record, []).collect().is_empty()


def test_a_part_holds_exactly_the_columns_of_the_schema(tmp_path):
    for part in Archive(str(tmp_path)).write(Post, posts()):
        assert Post.schema() == pl.read_parquet_schema(tmp_path / part.path)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (posts().drop("url"), "columns url"),
        (posts().with_columns(line=pl.lit(1)), "columns line"),
        (posts().with_columns(pl.col("likes").cast(pl.Int32)), "columns likes"),
        (posts().select(sorted(Post.schema())), "the order"),
    ],
)
def test_a_frame_with_other_columns_is_refused(archive, frame, told):
    with pytest.raises(UsageError, match=told):
        archive.write(Post, frame)


@pytest.mark.slow
def test_the_same_rows_give_the_same_parts_however_the_frame_was_put_together(archive):
    frame = posts(40)
    twice = pl.concat([frame.head(17), frame.slice(17, 5), frame.tail(18)], rechunk=False)
    filtered = pl.concat([frame, frame]).with_row_index().filter(pl.col("index") < 40).drop("index")
    nulled = frame.with_columns(likes=pl.when(pl.col("likes") > 3).then("likes"))
    other = frame.with_columns(likes=pl.when(pl.col("likes") > 3).then(pl.col("likes")).otherwise(None))
    once = archive.write(Post, frame)

    assert once == archive.write(Post, frame) == archive.write(Post, twice) == archive.write(Post, filtered)
    assert archive.write(Post, nulled) == archive.write(Post, other) != once
    assert [] == archive.verify(once)


def test_a_large_frame_in_pieces_gives_the_same_part_as_in_one_piece(archive):
    """Parquet's row groups must not follow the pieces."""
    count, piece = 300_000, 7_777
    columns = {"note": ["n"], "rater": ["r"], "helpful": [0.5], "created_at": [MIDNIGHT], "reasons": [["clear"]]}
    numbered = pl.DataFrame({"number": range(count)}).join(conform(Rating, pl.DataFrame(columns)), how="cross")
    whole = numbered.with_columns(rater=pl.format("r{}", "number")).drop("number").rechunk()
    pieces = pl.concat([whole.slice(start, piece) for start in range(0, count, piece)], rechunk=False)

    assert pieces.n_chunks() > whole.n_chunks() == 1
    assert archive.write(Rating, whole) == archive.write(Rating, pieces)


def test_another_order_of_rows_is_another_part(archive):
    frame = posts(platforms=("x",), step=timedelta(0))

    assert archive.write(Post, frame) != archive.write(Post, frame.reverse())


HOSTILE = [
    "../../../tmp/x",
    "/etc/passwd",
    "..",
    ".",
    "a\\b",
    "a\x00b",
    "%2e%2e/",
    "a/day=2000-01-01",
    "C:\\",
    "x" * 2048,
    "ä/" * 200,
    "*?[a]",
    " ",
    "\n",
    "a=b",
    "~",
    "platform=x",
    "\u202e",
]


@given(platform=st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=40))
@pytest.mark.slow
def test_no_name_of_a_platform_leads_out_of_its_folder(tmp_path_factory, platform):
    folder = tmp_path_factory.getbasetemp() / "hostile"
    frame = to_frame(Post, [Post(id="1", platform=platform, author="a", created_at=MIDNIGHT)])
    archive = Archive(str(folder / "archive"))
    [part] = archive.write(Post, frame)

    assert (folder / "archive" / part.path).resolve().parent.parent.parent == (folder / "archive" / "post").resolve()
    assert part == msgspec.convert(msgspec.to_builtins(part), Part)
    assert_frame_equal(frame, archive.scan(Post, [part]).collect())
    assert_frame_equal(frame, archive.read(part))
    assert ["archive"] == [path.name for path in folder.iterdir()]


def test_two_platforms_never_share_a_folder():
    """Also where names are so long that they are cut to a hash."""
    names = [*HOSTILE, "y" * 2048, "x" * 2047]
    parts = Archive("memory:///").write(Post, posts(len(names), platforms=names, step=timedelta(0)))

    assert len(names) == len({part.path.split("/")[1] for part in parts})


@pytest.mark.parametrize(
    "path",
    ["../{}.parquet", "/post/{}.parquet", "post/../{}.parquet", "post/platform=../../day=1/{}.parquet", "post/{}.csv"],
)
def test_a_part_of_the_log_that_leads_elsewhere_is_refused(path):
    digest = "ab" * 32
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"noun": "post", "path": path.format(digest), "sha256": digest, "rows": 1}, Part)


def test_parts_that_are_missing_or_changed_are_named(tmp_path):
    archive = Archive(str(tmp_path))
    parts = archive.write(Post, posts())
    (tmp_path / parts[0].path).unlink()
    data = bytearray((tmp_path / parts[1].path).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / parts[1].path).write_bytes(data)
    (tmp_path / parts[2].path).write_bytes(b"")
    faults = archive.verify(parts)

    assert [part.path for part in parts[:3]] == [fault.partition(":")[0] for fault in faults]
    assert ["it is missing", "it was changed", "it was changed"] == [
        fault.partition(": ")[2].partition(",")[0] for fault in faults
    ]
    for part, word in zip(parts[:3], ["missing", "changed", "changed"], strict=True):
        with pytest.raises(EvidenceError, match=word):
            archive.read(part)


def test_writing_again_heals_a_damaged_part(tmp_path):
    archive = Archive(str(tmp_path))
    parts = archive.write(Post, posts())
    (tmp_path / parts[0].path).write_bytes(b"")
    archive.write(Post, posts())

    assert [] == archive.verify(parts)


def test_a_filter_and_a_choice_of_columns_reach_the_parts(archive):
    parts = archive.write(Post, posts())
    plan = archive.scan(Post, parts).filter(pl.col("platform") == "x").select("id")

    assert ["0", "2", "4"] == sorted(plan.collect()["id"])
    assert "PROJECT 2/" in plan.explain()


def test_the_name_of_a_folder_may_hold_what_others_take_for_a_pattern(tmp_path):
    archive = Archive(str(tmp_path / "case [1] *?"))
    parts = archive.write(Post, posts())

    assert posts().height == archive.scan(Post, parts).collect().height


def test_a_folder_may_be_moved_and_given_as_a_path_or_as_an_address(tmp_path):
    parts = Archive(str(tmp_path / "here")).write(Post, posts())
    (tmp_path / "here").rename(tmp_path / "there ä")

    for url in (str(tmp_path / "there ä"), (tmp_path / "there ä").as_uri()):
        assert [] == Archive(url).verify(parts)
        assert posts().height == Archive(url).scan(Post, parts).collect().height


@pytest.mark.parametrize("url", ["ftp://ada:sesame@host/folder", "s3://", "nothing://x?token=sesame"])
def test_an_address_of_another_kind_is_refused_and_its_secrets_not_repeated(url):
    with pytest.raises(UsageError, match="cannot be kept") as refused:
        Archive(url)

    assert "sesame" not in str(refused.value)


def test_a_place_that_cannot_be_a_folder_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(OutsideError, match="cannot be opened"):
        Archive(str(tmp_path / "file" / "archive"))


def test_what_cannot_be_written_is_told_with_the_remedy(tmp_path):
    archive = Archive(str(tmp_path))
    (tmp_path / "post").touch()

    with pytest.raises(OutsideError, match=r"did not answer[^$]*check the address"):
        archive.write(Post, posts())


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
import msgspec
from rejoinder.records import Post
from rejoinder.records.frames import to_frame
from rejoinder.store import Archive

archive, chance = Archive(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for n in range(100_000):
    rows = [
        Post(id=f"{chance}-{n}-{k}", platform="x", author="a", text="word " * (k * 40 % 977),
             created_at=datetime(2023, 11, 1, tzinfo=UTC) + timedelta(hours=k))
        for k in range(200)
    ]
    for part in archive.write(Post, to_frame(Post, rows)):
        print(msgspec.json.encode(part).decode(), flush=True)
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_no_part_half_written(tmp_path):
    """Every file under its final name is whole, named by the log or not; what was told is there."""
    chance = random.Random(3)
    told = []
    for n in range(5):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(n)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        lines = process.communicate()[0].splitlines(keepends=True)
        told += [msgspec.json.decode(line, type=Part) for line in lines if line.endswith("\n")]

    assert [] == Archive(str(tmp_path)).verify(told)
    visible = [path for path in tmp_path.rglob("*") if path.suffix == ".parquet"]
    assert len(visible) >= len(told) > 0
    assert all(path.stem == sha256(path.read_bytes()).hexdigest() for path in visible)


def test_reading_gives_what_conform_made(archive):
    """A frame from bulk columns, not from rows."""
    frame = conform(Rating, pl.DataFrame({"note": ["n"], "rater": ["r"], "helpful": [0.5], "created_at": [MIDNIGHT]}))
    [part] = archive.write(Rating, frame)

    assert Path(part.path).parts[0] == "rating"
    assert_frame_equal(frame, archive.read(part))
