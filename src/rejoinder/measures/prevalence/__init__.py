"""How much hate there is: a plan frozen beforehand, a probability sample, judgements, and figures that hold at 0.1 %.

What enters: posts, signals, a plan, and what coders say of the sampled posts. What leaves: selections with their
inclusion probabilities, sheets for blind coders, and figures: point, two-sided interval, "at least", in plain words.
"""
