"""The limits of requests that more than one room has to know."""

MAX_BODY_BYTES = 1024 * 1024
MAX_IMPORT_BYTES = 20 * 1024 * 1024
"""Of a course that is imported: such a body goes to disk and not into memory."""
IDEMPOTENCY_KEY_SECONDS = 24 * 3600
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 128
