"""The yardstick: the same work by hand, without a framework for data, to measure the service against.

Starlette, an asyncpg pool, PyJWT and orjson on the service's own tables. One statement looks the caller up,
one does each read; nothing is kept that the service does not keep as well. It knows no recurring tasks.
"""
