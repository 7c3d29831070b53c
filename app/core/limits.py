"""The limits of requests that more than one room has to know."""

MAX_BODY_BYTES = 1024 * 1024
IDEMPOTENCY_KEY_SECONDS = 24 * 3600
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 128
