"""digitd reads handwritten digits from image files dropped in a folder."""
