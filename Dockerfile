# Built in two stages: uv and its cache stay behind in the first.
FROM python:3.13-slim AS builder

# uv comes from the package index, like everything else that is installed here.
RUN pip install --no-cache-dir --disable-pip-version-check "uv>=0.13,<0.14"

# The environment must not move afterwards: its scripts hold its path.
WORKDIR /srv/questboard
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON=/usr/local/bin/python3 \
    UV_PYTHON_DOWNLOADS=never

# Only what the packages depend on, so that a change of the code does not install them again.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev


FROM python:3.13-slim

RUN groupadd --gid 10001 questboard \
    && useradd --uid 10001 --gid questboard --home-dir /data --no-create-home \
        --shell /usr/sbin/nologin questboard \
    && install --directory --owner=questboard --group=questboard --mode=0750 /data

WORKDIR /srv/questboard
COPY --from=builder /srv/questboard/.venv .venv
COPY pyproject.toml LICENSE ./
COPY alembic_migrations alembic_migrations
COPY commands commands
COPY app app
# Nothing can be written here later on, and compiling takes longer than all else at a start.
RUN python -m compileall -q app commands alembic_migrations

# production: the secrets have to be given (see .env.example), and none is made up.
ENV PATH=/srv/questboard/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    ENVIRONMENT=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data

# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8000

# What the service leaves by in order. Python is the first process (or the second, with --init) and hears it: no
# shell stands between. Give it more time than the 10 s of `docker stop`: see docs/deployment/README.md.
STOPSIGNAL SIGTERM

# A reply of 4xx or 5xx raises, as does none within the time. It may wait START_WAIT_SECONDS for its database first.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/api/v1/health', timeout=4)"]

# Migrates, seeds and serves. A worker is the same image with ["python", "-m", "commands.worker"] and no health check:
# it listens to nobody.
CMD ["python", "-m", "commands.serve"]
