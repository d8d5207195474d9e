"""The tables of the platform, one contract each; the stages that fill them are named in each module."""
