"""Answers with files that are kept, wherever they lie."""
