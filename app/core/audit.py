"""What is written down because it matters for security."""

from enum import StrEnum


class AuditEvent(StrEnum):
    """What happened. The names are kept for as long as the entries are: none is changed."""

    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    EMAIL_CHANGED = "email_changed"
    EMAIL_VERIFIED = "email_verified"
    CREDENTIAL_CHANGED = "password_changed"
    CREDENTIAL_RESET = "password_reset"
    CREDENTIAL_RESET_ASKED = "password_reset_asked"
    ROLE_CHANGED = "role_changed"
    SUPERUSER_GRANTED = "superuser_granted"
    SUPERUSER_REVOKED = "superuser_revoked"
    EXTERNAL_IDENTITY_SEEN = "external_identity_seen"

    LOGIN_SUCCEEDED = "login_succeeded"
    LOGIN_FAILED = "login_failed"
    LOGIN_THROTTLED = "login_throttled"
    PROOF_REFUSED = "password_refused"
    SESSION_ENDED = "session_ended"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    REFRESH_REPLAYED = "refresh_replayed"
    ACCESS_REFUSED = "access_refused"

    DEFINITION_CHANGED = "definition_changed"
    DEFINITION_RETIRED = "definition_retired"
    CONFIG_CHANGED = "config_changed"
