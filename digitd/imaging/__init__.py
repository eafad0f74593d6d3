"""From bytes to pages, and from pages to 28x28 glyphs: arrays and values in, arrays and values out."""
