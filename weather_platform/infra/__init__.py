"""WHERE: object store, warehouse, model registry, HTTP, settings. The only place that knows local from
cloud.
"""
