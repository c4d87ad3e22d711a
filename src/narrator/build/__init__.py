"""What drives the rooms: the stages in order, every key, what is stale and why.

loading    production on disk -> Book, with every mistake said
importing  manuscript -> script and sheets
plan       Book -> which takes and which chapters a render needs
rendering  the stages in order: record, mix and master, release
crew/      who does the work: processes of this machine, or a Ray cluster's
recording/ takes and the choice among them
voices/    who may speak, and the cast that is proposed
releases/  the files that listeners get
"""
