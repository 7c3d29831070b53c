"""Whole databases to others, to archives and back, with a proof that all arrived."""
