"""Filled forms as scanners and phones show them, with the truth: six layouts, real digits, all from a seed.

`layouts` has the forms, `press` prints them, `figures` chooses what is written, `writing` writes it, `paper` wears the
sheet, `scanner` and `phone` take its picture; `wrong` makes pages on which nothing may be read.
"""
