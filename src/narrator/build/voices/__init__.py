"""Voices for a production: who may speak in it, what they sound like, a cast proposed, auditions."""
