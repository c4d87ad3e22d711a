"""Takes: spoken by a worker, checked, kept as files; further ones, people's recordings, what is chosen."""
