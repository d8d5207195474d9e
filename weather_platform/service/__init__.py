"""Scale to zero: a small HTTP service turns clock ticks and messages about uploads into Cloud Run jobs, and
a worker in the job runs what the tick's schedule or sensor asks for.

Belongs here: who may call, what a call means, that it takes effect once, and the worker. Does not: what
runs (defs), or any account or resource (deploy/terraform). Everything but `worker` stays free of Dagster
and pandas: the service must answer within two seconds of a cold start.
"""
