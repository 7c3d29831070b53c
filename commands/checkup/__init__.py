"""The checks of ``commands.doctor``."""
