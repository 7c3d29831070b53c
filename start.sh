#!/usr/bin/env bash
# Installs what Questboard needs into this folder, and runs it. `./start.sh help` says how.
# Needed beforehand: Python 3.11 or newer and a package index. No root, no pip, no uv.
set -euo pipefail

cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
root=$(pwd -P)

readonly pypi=https://pypi.org/simple
readonly stamp=.venv/questboard-synced

# No other host than the index may be needed, so uv must not fetch a Python of its own. An environment that
# happens to be active is not ours.
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT="$root/.venv"
unset VIRTUAL_ENV

# If Python compiled the packages at the first start, their folder would be newer than the stamp, and the second
# start would install them again.
export UV_COMPILE_BYTECODE=1

# glibc keeps memory apart for each thread, up to eight times the number of processors; two places are enough.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}

usage() {
  cat <<'END'
./start.sh                    install, migrate, seed the first course and the game, and serve on 127.0.0.1:8000
./start.sh worker             do background jobs in a process of its own (on any number of machines)
./start.sh test [ARGUMENT]... run the tests on SQLite and PostgreSQL (pytest's arguments; none: all, with coverage)
./start.sh bench [OPTION]...  measure the speed beside hand-written code (--help tells the options; needs wrk)
./start.sh check              ruff, its formatter, mypy, import-linter, drift of models and migrations
./start.sh help               this text

Serving obeys HOST, PORT, WORKERS, DATABASE_URL, DATA_DIR and the other settings of .env.example, from the
environment or .env; relative paths in them start at the project's folder.
END
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "start.sh: $*"
  exit 1
}

# Prints a Python of at least 3.11. The shim of a version manager may stand for an older one and hide the
# newer ones beside it, so those folders are looked through as well.
find_python() {
  local candidate
  for candidate in python3 python3.1{1..9} python \
    "${HOME:-}"/.pyenv/versions/*/bin/python3 \
    "${HOME:-}"/.asdf/installs/python/*/bin/python3 \
    "${HOME:-}"/.local/share/{mise/installs/python,uv/python}/*/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v -- "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer is needed, and none was found."
}

# Prints a uv that knows dependency groups (0.5 or newer): the one on PATH, else this project's, which the
# given Python brings if need be.
find_uv() {
  local python=$1 candidate version
  for candidate in uv .tools/bin/uv; do
    version=$("$candidate" --version 2>/dev/null) || continue
    case ${version#uv } in
      0.[0-4].*) ;;
      *)
        printf '%s\n' "$candidate"
        return
        ;;
    esac
  done
  say "Bringing uv into .tools ..."
  "$python" -I commands/bring_uv.py .tools/bin/uv || return
  printf '%s\n' .tools/bin/uv
}

# Prints what the installed packages depend on: the lock, and where the environment lies.
fingerprint() {
  { printf '%s\n' "$root" && cat uv.lock pyproject.toml; } | cksum
}

# Whether the packages are there already: "all" of them, or at least those to "serve". Packages that came or
# went since by another hand make the stamp older than their folder.
is_synced() {
  local print=$1 scope=$2 site found
  [[ -x .venv/bin/python && -f $stamp ]] || return 1
  for site in .venv/lib/python3*/site-packages; do
    [[ $site -nt $stamp ]] && return 1
  done
  found=$(<"$stamp")
  [[ $found == "all $print" || $found == "$scope $print" ]]
}

sync_packages() {
  local scope=$1 print python uv index
  print=$(fingerprint)
  if is_synced "$print" "$scope"; then return; fi

  python=$(find_python)
  uv=$(find_uv "$python")
  index=$("$python" -I commands/bring_uv.py --index)
  if ! "$uv" python find --quiet '>=3.11' >/dev/null 2>&1; then export UV_PYTHON=$python; fi
  say "Installing the packages ..."
  if [[ $index == "$pypi" ]]; then
    sync_from_lock "$uv" "$scope"
  else
    sync_from_mirror "$uv" "$scope" "$index"
  fi
  printf '%s %s\n' "$scope" "$print" >"$stamp"
}

# To serve, the developers' packages are not needed, but they stay if they are there.
sync_from_lock() {
  local uv=$1 scope=$2
  unset UV_DEFAULT_INDEX UV_INDEX_URL
  if [[ $scope == serve ]]; then
    "$uv" sync --quiet --locked --no-dev --inexact
  else
    "$uv" sync --quiet --locked
  fi
}

# uv takes a lock for stale when another index than the lock's is configured. Then the locked versions are
# listed with their hashes, and come from the configured index.
sync_from_mirror() {
  local uv=$1 scope=$2 list=.venv/questboard-requirements.txt
  export UV_DEFAULT_INDEX=$3
  if [[ ! -x .venv/bin/python ]]; then "$uv" venv --quiet --clear .venv; fi
  if [[ $scope == serve ]]; then
    "$uv" export --quiet --frozen --no-emit-project --no-dev --output-file "$list"
    "$uv" pip install --quiet --python .venv --require-hashes --requirements "$list"
  else
    "$uv" export --quiet --frozen --no-emit-project --output-file "$list"
    "$uv" pip sync --quiet --python .venv --require-hashes "$list"
  fi
}

work() {
  sync_packages serve
  exec .venv/bin/python -m commands.worker
}

serve() {
  sync_packages serve
  exec .venv/bin/python -m commands.serve
}

run_tests() {
  sync_packages all
  # As many processes as there are processors; each takes files of one kind of database.
  if (($# == 0)); then set -- --numprocesses=auto --dist=loadgroup --cov --cov-report=term:skip-covered; fi
  exec .venv/bin/python -m pytest "$@"
}

run_benchmark() {
  sync_packages all
  exec .venv/bin/python -m tests.benchmarks.speed "$@"
}

# Runs one check and says in a line how it went; what it printed is shown if it failed.
check() {
  local name=$1 output started=$SECONDS
  shift
  if output=$("$@" 2>&1); then
    printf 'ok    %s (%s s)\n' "$name" $((SECONDS - started))
  else
    printf 'FAIL  %s (%s s): %s\n%s\n' "$name" $((SECONDS - started)) "$*" "$output"
    return 1
  fi
}

run_checks() {
  local failed=0
  sync_packages all
  check "ruff" .venv/bin/ruff check . || failed=1
  check "format" .venv/bin/ruff format --check . || failed=1
  check "mypy" .venv/bin/python -m mypy app commands tests alembic_migrations || failed=1
  check "imports" .venv/bin/lint-imports || failed=1
  check "drift" .venv/bin/python -m commands.check_drift || failed=1
  return "$failed"
}

main() {
  case ${1:-} in
    test)
      shift
      run_tests "$@"
      ;;
    bench)
      shift
      run_benchmark "$@"
      ;;
    check) run_checks ;;
    worker) work ;;
    help | -h | --help) usage ;;
    '') serve ;;
    *)
      usage >&2
      die "no such command: $1"
      ;;
  esac
}

main "$@"
