"""Who calls: by a token of ours or of another issuer."""

from app.auth.errors import InvalidTokenError
from app.auth.external_users import ExternalUsers
from app.auth.sessions import SessionService
from app.services.principal import Principal


class Callers:
    """Hands each token to those who can tell whose it is: us, or one issuer; nobody else tries."""

    def __init__(self, sessions: SessionService, external_users: ExternalUsers) -> None:
        self._sessions = sessions
        self._external_users = external_users

    async def identify(self, token: str) -> Principal:
        """Who calls with this access token.

        Raises:
            InvalidTokenError: the token does not count, or no longer.
            KeysUnavailableError: the keys of its issuer can't be had at the moment.
        """
        envelope = self._external_users.open(token)
        if envelope is None:
            return await self._sessions.identify(token)
        return await self._external_users.identify(envelope)

    async def recheck(self, token: str, user_id: int) -> None:
        """Hold a token that was identified a while ago to what is so now.

        Raises:
            InvalidTokenError: it does not count any more, or its user is another one by now.
            KeysUnavailableError: the keys of its issuer can't be had at the moment.
        """
        envelope = self._external_users.open(token)
        if envelope is None:
            caller = await self._sessions.identify(token)
        else:
            caller = await self._external_users.recognise(envelope)
        if caller.user_id != user_id:
            raise InvalidTokenError
