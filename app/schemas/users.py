"""Bodies about accounts and sessions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    EmailStr,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    validate_email,
)

from app.core.roles import Role
from app.core.text import normalize_email
from app.core.zones import known_zones
from app.schemas.common import AnswerModel, Cursor, Line, PageLimit, RequestModel, Text, omittable


def _check_zone(name: str) -> str:
    if name not in known_zones():
        raise ValueError("must be an IANA zone such as Europe/Berlin")
    return name


def _settle_email(address: str) -> str:
    """The one form in which an address is kept; it has to be an address as well.

    NFKC makes a real ``@`` of a full-width one, and eighteen characters of a ligature.
    """
    settled = normalize_email(address)
    if validate_email(settled)[1] != settled:
        raise ValueError("must be an address whose characters mean one thing only")
    return settled


Email = Annotated[
    EmailStr, AfterValidator(_settle_email), Field(max_length=254, examples=["ada@example.org"])
]
_email = TypeAdapter[str](Email)


def _read_login_name(text: str) -> str:
    """What registering makes of the same text; what is no address belongs to nobody."""
    try:
        return _email.validate_python(text)
    except ValidationError:
        return text


Password = Annotated[Text, Field(max_length=4096, examples=["correct horse battery"])]
DisplayName = Annotated[Line, StringConstraints(max_length=50), Field(examples=["Ada"])]
ZoneName = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_check_zone),
    Field(examples=["Europe/Berlin"]),
]
DayStart = Annotated[
    int,
    Field(
        strict=True, ge=0, le=23, description="The hour of the wall clock at which the day begins."
    ),
]
Token = Annotated[Text, StringConstraints(min_length=1, max_length=2048)]
Flag = Annotated[bool, Field(strict=True)]


class UserCreate(RequestModel):
    """A new account."""

    email: Email
    password: Password
    display_name: DisplayName = omittable()
    timezone: ZoneName = omittable()
    day_starts_at: DayStart = omittable()


class AdminUserCreate(UserCreate):
    """A new account, with rights."""

    role: Role = omittable()
    is_active: Flag = omittable()
    is_superuser: Flag = omittable()
    is_verified: Flag = omittable()


class UserUpdate(RequestModel):
    """Changes to one's own account. A new password or address needs ``current_password``."""

    email: Email = omittable()
    password: Password = omittable()
    display_name: DisplayName = omittable()
    timezone: ZoneName = omittable()
    day_starts_at: DayStart = omittable()
    current_password: Password = omittable()


class UserReplace(RequestModel):
    """The whole of one's own account. Another address needs ``current_password``."""

    email: Email
    display_name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=50)]
    timezone: ZoneName
    day_starts_at: DayStart
    current_password: Password = omittable()


class AdminUserUpdate(RequestModel):
    """Changes to an account by a superuser. Disabling it and a new password end its sessions."""

    email: Email = omittable()
    password: Password = omittable()
    display_name: DisplayName = omittable()
    timezone: ZoneName = omittable()
    day_starts_at: DayStart = omittable()
    role: Role = omittable()
    is_active: Flag = omittable()
    is_superuser: Flag = omittable()
    is_verified: Flag = omittable()


class UserDelete(RequestModel):
    """Deleting one's account needs the password."""

    password: Password


class UserRead(AnswerModel):
    """An account."""

    id: int
    email: str
    display_name: str
    timezone: str
    day_starts_at: int
    role: Role
    is_active: bool
    is_superuser: bool
    is_verified: bool
    created_at: datetime
    updated_at: datetime


class UserQuery(RequestModel):
    """Which accounts to list."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class LoginForm(RequestModel):
    """RFC 6749's password grant, as OAuth 2 clients send it: ``username`` is the email address."""

    username: Annotated[
        Text,
        Field(max_length=320, examples=["ada@example.org"]),
        AfterValidator(_read_login_name),
    ]
    password: Password
    grant_type: Literal["password", ""] | None = None
    scope: Annotated[Text, Field(max_length=200)] = ""
    client_id: Annotated[Text, Field(max_length=200)] | None = None
    client_secret: Annotated[Text, Field(max_length=200)] | None = None


class TokenRead(AnswerModel):
    """What a login or a refresh gives."""

    access_token: str = Field(description="A JWT for the Authorization header.")
    token_type: Literal["bearer"] = Field(default="bearer")
    expires_in: int = Field(description="Seconds until the access token expires.")
    refresh_token: str = Field(description="Good for one refresh; keep it secret.")


class RefreshRequest(RequestModel):
    """The newest refresh token."""

    # Long enough for an access token, which is then refused as what it is.
    refresh_token: Annotated[Text, Field(max_length=4096)]


class ForgotPassword(RequestModel):
    """Whose password was forgotten."""

    email: Email


class ResetPassword(RequestModel):
    """The token from the mail, and the new password."""

    token: Token
    password: Password


class RequestVerifyToken(RequestModel):
    """Which address is to be verified."""

    email: Email


class Verify(RequestModel):
    """The token from the mail."""

    token: Token


class SessionRead(AnswerModel):
    """A login on a device."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool = Field(description="Whether this request was made in it.")


class SessionQuery(RequestModel):
    """Which part of the sessions to list."""

    limit: PageLimit = 20
    cursor: Cursor | None = None
