"""Twelve images of handwritten digits, made by this project, to try digitd on."""
