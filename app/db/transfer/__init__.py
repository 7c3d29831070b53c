"""Whole databases, read and written table by table: what moves, backups and restores are made of."""
