"""A local stand-in for the outside world: a simulated truth, and servers with the providers' wire formats.

Everything here is made up. It imports numpy and orjson only, so that the server starts in about a second; it
knows nothing of the platform beyond core's contracts.
"""
