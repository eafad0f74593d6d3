"""What is written in the boxes of a form: its ink, without print, without the neighbours', one clean picture a box.

Everything is measured on strips: a field as it would be seen from straight above, at so many pixels a millimetre, as
the light that is missing there, 0 = paper and 255 = no light at all.
"""
