"""The archive in object storage, against a real server that speaks S3 on this machine."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rejoinder.errors import EvidenceError, OutsideError
from rejoinder.records import Post
from rejoinder.records.frames import to_frame
from rejoinder.store import Archive, Log, Part

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def endpoint():
    """The address of the server, with one bucket in it."""
    moto = pytest.importorskip("moto.server", reason="moto[s3,server] is not installed")
    boto3 = pytest.importorskip("boto3", reason="moto[s3,server] is not installed")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    secrets = {"aws_access_key_id": "ada", "aws_secret_access_key": "sesame", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=url, **secrets)
    client.create_bucket(Bucket="evidence")
    yield url, client
    server.stop()


@pytest.fixture
def archive(endpoint, monkeypatch):
    """An archive in the bucket, found by the environment alone."""
    environment = {
        "AWS_ACCESS_KEY_ID": "ada",
        "AWS_SECRET_ACCESS_KEY": "sesame",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint[0],
        "AWS_ALLOW_HTTP": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Archive("s3://evidence/a case/archive/")


def posts(platform="x"):
    from datetime import UTC, datetime, timedelta

    noon = datetime(2023, 11, 15, 12, tzinfo=UTC)
    return to_frame(
        Post,
        [Post(id=f"{n}", platform=platform, author="a", created_at=noon + n * timedelta(hours=7)) for n in range(5)],
    )


@pytest.mark.parametrize("platform", ["x", "../a b/ä*?%2F"])
def test_parts_go_to_the_bucket_and_come_back(archive, endpoint, platform):
    frame = posts(platform)
    parts = archive.write(Post, frame)

    assert_frame_equal(frame, archive.scan(Post, parts).sort("id").collect())
    assert_frame_equal(frame, pl.concat(archive.read(part) for part in parts))
    assert [] == archive.verify(parts)
    keys = {found["Key"] for found in endpoint[1].list_objects_v2(Bucket="evidence")["Contents"]}
    assert {f"a case/archive/{part.path}" for part in parts} <= keys


def test_a_filter_reaches_the_bucket(archive):
    parts = archive.write(Post, posts())

    assert ["2"] == archive.scan(Post, parts).filter(pl.col("id") == "2").select("id").collect()["id"].to_list()


def test_parts_are_the_same_as_in_a_folder(archive, tmp_path):
    assert archive.write(Post, posts()) == Archive(str(tmp_path)).write(Post, posts())


def test_missing_and_changed_parts_are_named(archive, endpoint):
    changed, missing, whole = (archive.write(Post, posts(platform))[0] for platform in ("c", "m", "w"))
    endpoint[1].put_object(Bucket="evidence", Key=f"a case/archive/{changed.path}", Body=b"other")
    endpoint[1].delete_object(Bucket="evidence", Key=f"a case/archive/{missing.path}")
    faults = archive.verify([changed, missing, whole])

    assert [f"{changed.path}: it was changed", f"{missing.path}: it is missing"] == [
        fault.partition(",")[0] for fault in faults
    ]
    with pytest.raises(EvidenceError, match="missing"):
        archive.read(missing)


def test_a_bucket_that_is_not_there_is_told_without_secrets(archive):
    absent = Archive("s3://absent-bucket/archive")

    with pytest.raises(OutsideError, match="s3://absent-bucket/archive") as refused:
        absent.write(Post, posts())
    assert "sesame" not in str(refused.value)
    assert archive.write(Post, posts())


def test_the_log_names_parts_that_lie_in_a_bucket(archive, tmp_path):
    import msgspec

    with Log(f"sqlite:///{tmp_path}/log.sqlite") as log:
        log.append("collected", {"parts": archive.write(Post, posts())})
        [event] = log.read()

    assert posts().height == archive.scan(Post, msgspec.convert(event.body["parts"], list[Part])).collect().height
