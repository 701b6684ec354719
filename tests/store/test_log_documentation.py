"""The verifiers in docs/log.md do what the page says: on sound logs, and on logs that were tampered with."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rejoinder.store import Entry, Log

PAGE = Path(__file__).parents[2] / "docs" / "log.md"
TEXTS = [
    "plain",
    'a "quoted" \\ text\\',
    "two\nlines\t\x00",
    "ä 😀 \u2028",
    '","previous":"0","seq":1,"time":"',
    "* ? [a] $HOME `ls`",
]


def block(language):
    """The code of the page in one language."""
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return code


@pytest.fixture(params=["sh", "js"])
def verifier(request):
    """Runs a verifier of the page over exported lines; gives what it prints."""
    program, option = {"sh": ("sh", "-c"), "js": ("node", "-e")}[request.param]
    for needed in (program, "sha256sum") if program == "sh" else (program,):
        if shutil.which(needed) is None:
            pytest.skip(f"`{needed}` is not installed")

    def run(lines):
        command = [program, option, block(request.param)]
        done = subprocess.run(command, input=b"".join(lines), capture_output=True, check=False)
        assert b"" == done.stderr
        return done.returncode, done.stdout.decode().strip()

    return run


@pytest.fixture
def exported(tmp_path):
    """The lines of a log with all that is hard to quote in it, and its head."""
    with Log(f"sqlite:///{tmp_path}/log.sqlite") as log:
        log.extend([Entry("noted", {"text": text, text: [1.5, None]}, f"m-{n}") for n, text in enumerate(TEXTS)])
        stream = io.BytesIO()
        log.export(stream)
        return stream.getvalue().splitlines(keepends=True), log.head().hash


@pytest.mark.slow
def test_a_sound_log_is_found_sound_with_its_head(verifier, exported):
    lines, head = exported

    assert (0, f"{len(TEXTS)} events, head {head}") == verifier(lines)


def test_a_cut_end_shows_in_the_head(verifier, exported):
    lines, head = exported
    code, told = verifier(lines[:-1])

    assert code == 0
    assert told.startswith(f"{len(TEXTS) - 1} events, head ")
    assert head not in told


def _edited(lines):
    lines[2] = lines[2].replace(b"lines", b"limes")


def _dropped(lines):
    del lines[2]


def _swapped(lines):
    lines[2], lines[3] = lines[3], lines[2]


def _hash_edited(lines):
    lines[2] = re.sub(
        rb'("hash":")(.)', lambda found: found[1] + (b"0" if found[2] != b"0" else b"1"), lines[2], count=1
    )


def _space_added(lines):
    lines[2] = lines[2].replace(b'"}\n', b' "}\n')


def _renumbered(lines):
    lines[2:] = [lines[3].replace(b'{"seq":4', b'{"seq":3')]


@pytest.mark.parametrize("tampering", [_edited, _dropped, _swapped, _hash_edited, _space_added, _renumbered])
@pytest.mark.slow
def test_tampering_is_found_at_its_event(verifier, exported, tampering):
    lines, _ = exported
    tampering(lines)
    code, told = verifier(lines)

    assert code == 1
    assert told.startswith("event 3: ")
