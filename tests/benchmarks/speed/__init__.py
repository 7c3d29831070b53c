"""How fast the service is beside the yardstick: ``./start.sh bench``."""
