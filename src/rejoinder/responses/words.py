"""What follows from a decision, in words that its author and its reporters both understand."""

from __future__ import annotations

import polars as pl

_STANCE = {"label": "a label is put on it", "note": "readers are offered a note with a counter-argument"}
_ACCESS = {
    "interstitial": "it is shown only after a warning",
    "limit": "it is not recommended or amplified",
    "remove": "it is removed",
}
_ACCOUNT = {"warn": "its author is warned", "suspend": "its author is suspended", "ban": "its author is banned"}
_ADS = {"exclude": "no ads stand beside it"}


def consequences() -> pl.Expr:
    """A phrase over the columns `stance`, `access`, `ads` and `account`; `nothing follows` where all are mildest.

    >>> decision = {"stance": ["note"], "access": ["limit"], "ads": ["allow"], "account": ["none"]}
    >>> pl.DataFrame(decision).select(consequences()).item()
    'readers are offered a note with a counter-argument; it is not recommended or amplified'
    """
    axes = {"access": _ACCESS, "stance": _STANCE, "ads": _ADS, "account": _ACCOUNT}
    said = [pl.col(axis).replace_strict(words, default=None) for axis, words in sorted(axes.items(), reverse=True)]
    phrase = pl.concat_str(said, separator="; ", ignore_nulls=True)
    return pl.when(phrase == "").then(pl.lit("nothing follows")).otherwise(phrase).alias("consequences")
