"""Our own records as CSV and Parquet."""

import csv
import io
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.checks.source import check_source
from rejoinder.errors import UnknownFormat
from rejoinder.records import Post
from rejoinder.records.frames import schema_of, to_frame
from rejoinder.sources.base import Head
from rejoinder.sources.streams import open_stream
from rejoinder.sources.tables import OwnCsv, OwnParquet

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)
HEADER = "id,author,created_at,text\n"
ROW = "1,2,2024-01-31T12:00:00Z,Hello\n"


def joined(batches):
    nouns = sorted({noun for batch in batches for noun in batch.frames})
    return {noun: pl.concat([batch.frames[noun] for batch in batches if noun in batch.frames]) for noun in nouns}


def read(text, rows=1_000):
    data = text if isinstance(text, bytes) else text.encode()
    return joined(list(OwnCsv().read(io.BytesIO(data), "posts.csv", rows)))


def known(row):
    return {name: value for name, value in row.items() if value not in (None, [])}


def parquet(frame, tmp_path, rows=1_000):
    path = str(tmp_path / "posts.parquet")
    frame.write_parquet(path)
    with open_stream(path) as stream:
        return joined(list(OwnParquet().read(stream, path, rows)))


def test_every_field_of_a_post_is_read_from_csv():
    text = (
        "id,platform,author,created_at,text,lang,links,hashtags,mentions,media,sensitive,withheld_in,likes,views\n"
        'x:1,x,9,2024-01-31 12:00,"Tea, and ""cake""\nat four",en,https://a.test/b,tea cake,"[""8""]",'
        '"https://c.test/1,2 https://d.test",Yes,"DE, FR",3.0,4\n'
    )
    (row,) = read(text)["post"].to_dicts()

    assert known(row) == {
        "id": "x:1",
        "platform": "x",
        "author": "x:9",
        "created_at": NOON,
        "text": 'Tea, and "cake"\nat four',
        "lang": "en",
        "links": ["https://a.test/b"],
        "hashtags": ["tea", "cake"],
        "mentions": ["x:8"],
        "media": ["https://c.test/1,2", "https://d.test"],
        "sensitive": True,
        "withheld_in": ["DE", "FR"],
        "likes": 3,
        "views": 4,
    }


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate(mark):
    text = (HEADER + ROW).replace(",", mark)

    assert OwnCsv().recognises(Head(name="", start=text.encode()))
    assert read(text)["post"]["text"].to_list() == ["Hello"]


def test_other_names_are_understood():
    (row,) = read("post_id,user_id,timestamp,body,language,link\n1,2,1706702400,Hello,de,https://a.test\n")[
        "post"
    ].to_dicts()

    assert known(row) == {
        "id": "local:1",
        "platform": "local",
        "author": "local:2",
        "created_at": NOON,
        "text": "Hello",
        "lang": "de",
        "url": "https://a.test",
    }


def test_our_own_name_counts_before_another():
    frame = read("id,author,created_at,body,text,message\n1,2,2024-01-31T12:00Z,body,text,message\n")["post"]

    assert frame["text"].to_list() == ["text"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("1,2,2024-01-31T12:00:00Z", "the row has 3 columns, expected 4 as in the header"),
        ("1,2,2024-01-31T12:00:00Z,Hello,more", "the row has 5 columns, expected 4 as in the header"),
        ("1,2,soon,Hello", "`created_at` is `soon`, expected a time"),
        (",2,2024-01-31T12:00:00Z,Hello", "`id` is missing"),
        ('1,2,2024-01-31T12:00:00Z,"Hello', "the row is not CSV"),
        ('1,2,2024-01-31T12:00:00Z,"Hel"lo', "the row is not CSV: ',' expected after '\"'"),
        ("1,2,2024-01-31T12:00:00Z,Hel\0lo", "the row holds NUL bytes"),
        (b"1,2,2024-01-31T12:00:00Z,Hel\xfflo", "the row is not UTF-8"),
        ("1,2,2024-01-31T12:00:00Z," + "x" * 2_000_000, "the line is longer than 1,048,576 bytes"),
        ("1,2,2024-01-31T12:00:00Z," + "x" * 200_000, "longer than 131,072 characters"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_costs_no_other(bad, reason):
    line = bad if isinstance(bad, bytes) else bad.encode()
    others = b'7,2,2024-01-31T12:00:00Z,"over\ntwo lines"\n\n', b'8,2,2024-01-31T12:00:00Z,"last"\n'
    frames = read(HEADER.encode() + others[0] + line + b"\n" + others[1])

    assert frames["post"]["id"].to_list() == ["local:7", "local:8"]
    assert frames["reject"]["line"].to_list() == [5]
    assert reason in frames["reject"]["reason"].item()
    assert frames["reject"]["row"].item() == line.decode(errors="replace")[:2_000] + "\n" * (len(line) < 2_000)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("likes", "many", "`likes` is `many`, expected a whole number"),
        ("likes", "1.5", "`likes` is `1.5`, expected a whole number"),
        ("likes", "-1", "`likes` is -1, expected at least 0"),
        ("sensitive", "perhaps", "`sensitive` is `perhaps`, expected true or false"),
        ("hashtags", "[tea", "`hashtags` is `[tea`, expected a list"),
        ("record", "pots", "`record` is `pots`, expected one of post, account"),
        ("collected_at", "soon", "`collected_at` is `soon`, expected a time"),
    ],
)
def test_a_cell_that_cannot_be_read_is_rejected_with_its_value(column, cell, reason):
    frames = read(f"id,author,created_at,{column}\n1,2,2024-01-31T12:00Z,{cell}\n3,2,2024-01-31T12:00Z,\n")

    assert frames["post"]["id"].to_list() == ["local:3"]
    assert reason in frames["reject"]["reason"].item()


@pytest.mark.parametrize(
    ("header", "row", "noun"),
    [
        ("id,platform,handle", "1,x,ada", "account"),
        ("note,rater,created_at,helpful", "n,r,2024-01-31T12:00Z,0.5", "rating"),
        ("id,post,author,created_at,text", "n,1,p,2024-01-31T12:00Z,Not so", "note"),
        ("subject,coder,codebook,hateful", "1,c,b,", "judgement"),
        ("record,id,author,created_at", "post,1,2,2024-01-31T12:00Z", "post"),
        ("record,id,author,created_at", ",1,2,2024-01-31T12:00Z", "post"),
    ],
)
def test_the_columns_tell_the_noun(header, row, noun):
    assert set(read(f"{header}\n{row}\n")) == {noun}


def test_a_table_of_several_nouns_says_which_is_which():
    text = "record,id,author,created_at,note,rater,helpful\npost,1,2,{0},,,\nrating,,,{0},n,r,1\n"

    assert set(read(text.format("2024-01-31T12:00Z"))) == {"post", "rating"}


@pytest.mark.slow
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only():
    rows = [f"{number},2,2024-01-31T12:00:00Z,Hello" for number in range(20)]
    rows[7] = rows[7].replace("Hello", '"Hello')
    frames = read(HEADER + "\n".join(rows))

    assert len(frames["post"]) == 19
    assert frames["reject"]["line"].to_list() == [9]


def test_csv_keeps_the_contract_of_a_source():
    check_source(OwnCsv(), (HEADER + ROW + ROW.replace("1", "3", 1)).encode())


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from([ROW, '3,4,2024-01-31T12:00Z,"a\nb"\n', "\n", "5,6\n", '7,8,9,"x\n'])), st.integers(1, 9)
)
@pytest.mark.slow
def test_batches_of_any_size_give_the_same(some, rows):
    text = HEADER + "".join(some)
    whole, parts = read(text), read(text, rows)

    assert whole.keys() == parts.keys()
    assert all(frame.equals(parts[noun]) for noun, frame in whole.items())


@settings(deadline=None, max_examples=15)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1), min_size=1, max_size=9))
@pytest.mark.slow
def test_any_text_survives_csv(some):
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(
        [["id", "author", "created_at", "text"], *(["1", "2", "1706702400", text] for text in some)]
    )

    assert read(file.getvalue())["post"]["text"].to_list() == some


def test_an_e_mail_address_does_not_enter():
    frames = read("id,handle,email\n1,ada,ada@example.org\n,,ada@example.org\n")
    told = str({noun: frame.to_dicts() for noun, frame in frames.items()})

    assert "ada@" not in told
    assert len(frames["reject"]) == 1


def test_a_forced_csv_of_another_shape_is_refused_with_what_is_missing():
    with pytest.raises(UnknownFormat) as caught:
        read("id,author,words\n1,2,3\n")

    assert caught.value.expected == "the nearest is `post`, which also has `created_at`"


def test_an_empty_csv_gives_nothing():
    assert read("") == read(HEADER) == {}


def test_parquet_of_our_own_comes_back_as_it_was(tmp_path):
    posts = to_frame(Post, [Post(id="x:1", platform="x", author="x:2", created_at=NOON, likes=3, mentions=("x:8",))])

    assert parquet(posts, tmp_path)["post"].equals(posts)


def test_parquet_of_other_types_is_conformed(tmp_path):
    said = pl.DataFrame(
        {
            "id": [1, 2],
            "author": [7, 8],
            "timestamp": [1706702400, 1706702400000],
            "body": ["a", None],
            "likes": [1.0, None],
            "sensitive": ["true", "no"],
            "hashtags": ["a b", "[]"],
            "links": [["https://a.test"], None],
        }
    )
    frame = parquet(said, tmp_path)["post"]

    assert frame.schema == schema_of(Post)
    assert known(frame.row(0, named=True)) == {
        "id": "local:1",
        "platform": "local",
        "author": "local:7",
        "created_at": NOON,
        "text": "a",
        "links": ["https://a.test"],
        "hashtags": ["a", "b"],
        "sensitive": True,
        "likes": 1,
    }


def test_a_bad_row_of_parquet_is_told_by_its_number(tmp_path):
    said = pl.DataFrame({"id": ["1", "2", None], "author": "2", "created_at": [NOON] * 3, "likes": [1, -1, 2]})
    frames = parquet(said, tmp_path, rows=2)

    assert frames["post"]["id"].to_list() == ["local:1"]
    assert frames["reject"].select("line", "reason").rows() == [
        (2, "`likes` is -1, expected at least 0"),
        (3, "`id` is missing or of the wrong type"),
    ]


def test_a_column_of_a_hopeless_type_is_rejected_and_not_dropped(tmp_path):
    said = pl.DataFrame({"id": ["1"], "author": "2", "created_at": NOON, "text": [{"plain": "Hello"}]})

    assert parquet(said, tmp_path)["reject"]["reason"].to_list() == ["`text` is `a list or an object`, expected a text"]


@pytest.mark.slow
def test_parquet_keeps_the_contract_of_a_source():
    file = io.BytesIO()
    pl.DataFrame({"id": ["1", "2", "3"], "author": "2", "created_at": [NOON] * 3}).write_parquet(file)

    check_source(OwnParquet(), file.getvalue())


def test_parquet_of_another_shape_is_refused_with_what_is_missing(tmp_path):
    with pytest.raises(UnknownFormat, match="those of no noun"):
        parquet(pl.DataFrame({"id": [1], "words": ["a"]}), tmp_path)


def test_parquet_without_its_end_is_refused(tmp_path):
    path = tmp_path / "posts.parquet"
    pl.DataFrame({"id": ["1"], "author": "2", "created_at": [NOON]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(UnknownFormat, match="no whole Parquet file"), open_stream(str(path)) as stream:
        list(OwnParquet().read(stream, str(path), 10))


@pytest.mark.parametrize(
    ("start", "known_as_csv"),
    [
        (HEADER, True),
        ("\n" + HEADER, True),
        ("subject;coder;codebook;hateful\n", True),
        ("id,text\n", False),
        ("", False),
        ('{"id": 1, "author": 2, "created_at": 3}', False),
    ],
)
def test_csv_is_known_by_its_header(start, known_as_csv):
    assert OwnCsv().recognises(Head(name="", start=start.encode())) is known_as_csv
