"""Posts through the whole spine: rows a second and peak memory, at 200,000 and at 1,000,000 posts.

Simulates the posts, writes them as JSON lines, and runs `rejoinder run --json` on each size in a process of its own,
in a case whose detector is `cues`, so that what is measured is the spine (`benchmarks/detection/throughput.py` has the
transformer's cost; `--hate` runs with it).
Peak memory is the process's own maximum, as the operating system counts it. The baseline, back to back on the same
file: read every line with `json.loads` and judge nothing, which is the least that any Python pipeline does.

    python benchmarks/spine.py [--hate] [POSTS …]
"""

import gzip
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASELINE = """
import json, sys
for line in open(sys.argv[1], "rb"):
    try:
        json.loads(line)
    except ValueError:
        pass
"""
SIMULATE = """
import sys
from pathlib import Path
from rejoinder.simulate import platform, write
posts = int(sys.argv[2])
write(platform(posts=posts, accounts=posts // 10), Path(sys.argv[1]))
"""


def timed(command: list[str]) -> tuple[float, float, bytes]:
    """Wall seconds, CPU seconds and output of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stdout


def measure(folder: Path, posts: int) -> None:
    """One size: simulate, baseline, spine."""
    here = folder / str(posts)
    here.mkdir()
    subprocess.run([sys.executable, "-c", SIMULATE, str(here), str(posts)], check=True)
    file = here / "posts.jsonl"
    with gzip.open(here / "posts.jsonl.gz") as packed, file.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    megabytes = file.stat().st_size / 1e6
    base_wall, base_cpu, _ = timed([sys.executable, "-c", BASELINE, str(file)])
    subprocess.run([sys.executable, "-m", "rejoinder", "init", str(here / "case")], check=True)
    if "--hate" not in sys.argv:
        settings = here / "case" / "rejoinder.toml"
        settings.write_text(settings.read_text().replace('["hate"]', '["cues"]'))
    case = ["--case", str(here / "case"), "--json"]
    wall, cpu, out = timed([sys.executable, "-m", "rejoinder", "run", str(file), *case])
    told = json.loads(out)
    peak = max(stage["peak_mb"] for stage in told["stages"].values())
    print(f"\n{posts:,} posts, {megabytes:,.0f} MB of JSON lines")
    print(f"  spine     {wall:7.1f} s wall {cpu:7.1f} s CPU  {posts / wall:10,.0f} posts/s  peak {peak:,.0f} MB")
    print(f"  json only {base_wall:7.1f} s wall {base_cpu:7.1f} s CPU  ratio of CPU {cpu / base_cpu:.1f}")
    for stage, cost in told["stages"].items():
        print(f"    {stage:<10} {cost['seconds']:7.1f} s  peak so far {cost['peak_mb']:,.0f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for size in [int(size) for size in sys.argv[1:] if size.isdigit()] or [200_000, 1_000_000]:
            measure(Path(scratch), size)
