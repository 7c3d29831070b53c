"""Curricula as files: reading and writing them, in folders and in archives."""
