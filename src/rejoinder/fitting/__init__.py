"""What people's own evidence makes of a detector: judgements and streams in, a checked or fitted detector out.

`checking` tries a detector and says how good it is; `calibrating` fits its probabilities to judgements; `adapting`
fits the first stage of `hate` to an unlabelled stream. Each tells what it found in figures with intervals; the fitting
ones write into a detector's folder in the case, point the case to it, and log it.
"""
