"""What the numbers of a form must be, and what they therefore are: what was read is weighed against the rules.

A Bayesian reading. Every box gives probabilities of its digits, and the weight of a value is their product; the part
that they lack to 1 belongs to what is no digit. A rule says that only some values are written, but for the few
occasions on which the writer broke it (`own.BREAKS`, `sums.BREAKS`). So one doubtful digit is settled by a rule that
leaves a single likely value, and a sure reading against the rule is left as it is, for a person to look at.
"""
