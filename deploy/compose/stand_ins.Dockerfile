# syntax=docker/dockerfile:1
# Stand-ins for Cloud Storage and BigQuery, from the locks that the tests use. For trying things: no access control, data in memory.
#checkov:skip=CKV_DOCKER_2:nothing waits for them

FROM python:3.13-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv && useradd --system --uid 10001 --create-home stand-in
WORKDIR /home/stand-in

FROM base AS gcs
COPY weather_platform_tests/stand_ins/fake_gcs.lock ./
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --no-deps --requirement fake_gcs.lock \
 && ln -s /opt/venv/lib/python3.13/site-packages/*/vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64 /usr/local/bin/fake-gcs-server
USER 10001
EXPOSE 4443
CMD ["fake-gcs-server", "-scheme", "http", "-backend", "memory", "-host", "0.0.0.0", "-port", "4443", "-external-url", "http://gcs:4443", "-log-level", "error"]

FROM base AS bigquery
COPY weather_platform_tests/stand_ins/local_bigquery.lock ./
# DuckDB looks for its extensions below the home, where the wheels' own do not lie.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --no-deps --requirement local_bigquery.lock \
 && for extension in /opt/venv/lib/python3.13/site-packages/duckdb_extension_*/extensions/*/*.duckdb_extension; do \
      folder="/home/stand-in/.duckdb/extensions/$(basename "$(dirname "$extension")")/linux_amd64"; \
      mkdir -p "$folder" && cp "$extension" "$folder"; \
    done && chown -R stand-in /home/stand-in
USER 10001
EXPOSE 9050 9060
CMD ["/opt/venv/bin/local-bigquery", "--host", "0.0.0.0", "--port", "9050", "--grpc-port", "9060", "--project", "stand-in", "serve"]
