"""What is said of whole days: the lowest and highest temperature, the sum of rain, each with its ranges.

Belongs here: days at a place, and forecasts of them from those of their hours. Does not: the hours' own
forecasts (core.model), or how good days were (core.verification).
"""
