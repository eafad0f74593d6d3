"""Forms: what is printed on them, where a page of one lies on a scan, what is written in their boxes.

Everything here is pure: arrays and values in, arrays and values out.
"""
