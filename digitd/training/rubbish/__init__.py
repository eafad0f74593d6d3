"""Draw what is no digit, to teach and to test a class for rejects.

What a careful person could honestly read as a digit is left out: look-alike letters, upright strokes, single strikes
through a 0 or a 7. The drawings are synthetic; that a real scrawl is rejected has to be measured on real scrawls.
"""

from digitd.training.rubbish.glyphs import TAUGHT, UNSEEN, draw_rubbish, rubbish_glyphs

__all__ = ["TAUGHT", "UNSEEN", "draw_rubbish", "rubbish_glyphs"]
