"""Draw what is not a digit, to teach the classifier to reject it and to measure how well it does."""

from digitd.training.rubbish.draw import TAUGHT, UNSEEN, draw_rubbish, rubbish_glyphs

__all__ = ["TAUGHT", "UNSEEN", "draw_rubbish", "rubbish_glyphs"]
