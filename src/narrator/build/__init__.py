"""What drives the rooms: the stages in order, every key, what is stale and why.

loading    production on disk -> Book, with every mistake said
importing  manuscript -> script and sheets
plan       Book -> which takes and which chapters a render needs
render     the stages in order: record, mix and master, release
"""
