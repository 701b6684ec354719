"""Time and memory: one fit of the incumbent's objective, the whole pipeline from Parquet, and a streamed rating.

Every measurement is a process of its own; CPU seconds are the process's, peak memory is the operating system's count.
The fit's figures leave out reading and numbering ids and count building the views; "first" is what compiling adds once
where nothing is cached. The incumbent's `run_mf` on 5 million ratings takes 118.9 CPU s on one thread.

    python benchmarks/notes/speed.py [RATINGS …]        # such as 500000 2000000 5000000 20000000
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

MAKE = """
import sys, numpy as np, polars as pl
from rejoinder.simulate.crowd import crowd, with_ring
world = crowd(1, int(sys.argv[1]))
world, *_ = with_ring(world, 50, "camouflaged")
helpful = (world.halves / 2).astype(np.float32)
pl.DataFrame({"rater": world.rater, "note": world.note, "helpful": helpful}).write_parquet(sys.argv[2])
"""
FIT = """
import sys, time, resource, numpy as np, polars as pl
from rejoinder.numerics.bridging import Ridge, fit
from rejoinder.numerics.segments import table
frame = pl.read_parquet(sys.argv[1])
rows, columns = frame["note"].to_numpy(), frame["rater"].to_numpy()
halves = (frame["helpful"].to_numpy() * 2).astype(np.uint8)
shape = (int(rows.max()) + 1, int(columns.max()) + 1)
del frame
few = table(rows[:1000], columns[:1000], halves[:1000], shape)
begun = time.process_time(); fit(few, Ridge.of_means(few), tolerance=1.0); first = time.process_time() - begun
wall, cpu = time.perf_counter(), time.process_time()
data = table(rows, columns, halves, shape)
built = time.process_time() - cpu
found = fit(data, Ridge.of_means(data), tolerance=float(sys.argv[3]), threads=int(sys.argv[2]))
print(f"fit to {sys.argv[3]}, {sys.argv[2]} thread(s): {time.process_time() - cpu:.2f} CPU s (views {built:.2f}), "
      f"{time.perf_counter() - wall:.2f} s wall, {found.sweeps} sweeps, loss {found.loss:.7f}, "
      f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB; first {first:.1f}")
"""
WHOLE = """
import sys, time, resource
from pathlib import Path
begun = time.perf_counter()
from rejoinder.responses.bridging.files import fit_file
done = fit_file(Path(sys.argv[1]), Path(sys.argv[2]), threads=int(sys.argv[3]))
told = done.summary
print(f"whole run from Parquet, {sys.argv[3]} thread(s): {time.process_time():.1f} CPU s, "
      f"{time.perf_counter() - begun:.1f} s wall, "
      f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, {told['axes']} axis(es), "
      f"{told['raters_in_rings']} in rings")
"""
STREAM = """
import sys, time, polars as pl
from rejoinder.responses.bridging import Stream, admit, bridge
frame = pl.read_parquet(sys.argv[1]).sample(fraction=1, shuffle=True, seed=1)
kept = frame[: len(frame) * 9 // 10]
for axes in (1, 2):
    stream = Stream(bridge(admit(kept), axes=axes))
    rest = frame[len(kept) : len(kept) + 100_000].rows()
    begun, changed, rejected = time.process_time(), 0, 0
    for note, rater, helpful in ((row[1], row[0], row[2]) for row in rest):
        told = stream.rate(rater, note, helpful)
        changed += told.changed
        rejected += bool(told.reason)
    spent = (time.process_time() - begun) / len(rest)
    print(f"stream, {axes} axis(es): {spent * 1e6:.1f} microseconds CPU per rating, {changed} statuses changed, "
          f"{rejected} rejected")
"""


def run(program: str, *words: object) -> None:
    """A measurement in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program, *map(str, words)], stdout=subprocess.PIPE, check=True)
    print(" ", done.stdout.decode().strip().replace("\n", "\n  "), flush=True)


def measure(folder: Path, ratings: int) -> None:
    """One size."""
    file = folder / f"{ratings}.parquet"
    subprocess.run([sys.executable, "-c", MAKE, str(ratings), str(file)], check=True)
    print(f"\n{ratings:,} ratings asked for, {file.stat().st_size / 1e6:,.0f} MB of Parquet", flush=True)
    for threads in (1, 2):
        run(FIT, file, threads, 1e-7)
    run(FIT, file, 1, 1e-8)
    for threads in (1, 2):
        run(WHOLE, file, folder / "out", threads)
    if ratings <= 2_000_000:
        run(STREAM, file)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for size in [int(size) for size in sys.argv[1:]] or [500_000, 2_000_000, 5_000_000, 20_000_000]:
            measure(Path(scratch), size)
