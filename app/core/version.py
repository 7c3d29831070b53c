"""Which Questboard this is."""

VERSION = "0.1.0"
API_VERSION = "v1"
