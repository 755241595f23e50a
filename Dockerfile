# Build with --build-arg BASE=… to use another base image.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# Build with REQUIREMENTS=requirements-tracing.txt for an image that can send traces.
ARG REQUIREMENTS=requirements.txt
WORKDIR /srv
COPY ${REQUIREMENTS} requirements.txt
RUN python3 -m venv venv \
    && venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && venv/bin/pip uninstall --quiet --yes pip setuptools
COPY pyproject.toml CHANGELOG.md LICENCES.md ./
COPY app app
COPY migrations migrations
COPY seed seed
ENV DATABASE_URL=sqlite:////srv/regions.sqlite
RUN venv/bin/python -m seed && venv/bin/python -m compileall -q app seed migrations

FROM ${BASE}
LABEL org.opencontainers.image.title="cluster-regions" \
    org.opencontainers.image.description="The science ministry's list of continuing cluster regions as a REST API" \
    org.opencontainers.image.version="0.1.0"
WORKDIR /srv
COPY --from=build /srv /srv
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////srv/regions.sqlite \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=2)"]
CMD ["python", "-m", "app"]
