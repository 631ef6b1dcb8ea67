"""Pen on paper: what comes from a sketchpad or a camera, as ink, and the written signs in it. See preprocessing.py."""
