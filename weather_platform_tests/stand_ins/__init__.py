"""Stand-ins for Google Cloud, as real processes on loopback: what they are, how they start, what they get
wrong.
"""
