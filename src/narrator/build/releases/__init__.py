"""The release: its files, cover and credits, put in place whole or not at all; what is heard when in one."""
