"""The trained model: its artefact on disk, its classifier for serving, and the meaning of its confidence."""
