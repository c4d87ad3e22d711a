"""The markup room."""
