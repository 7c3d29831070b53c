"""All that is kept of a user, as a zip of JSON that a person and a program can read."""
