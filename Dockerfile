# Two stages: the first has what building needs, the second only what running needs.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/laurels
COPY requirements/runtime.txt /build/requirements.txt
RUN /opt/laurels/bin/pip install --require-hashes -r /build/requirements.txt
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN /opt/laurels/bin/pip install --no-deps --no-build-isolation /build \
    && /opt/laurels/bin/python -m compileall -q /opt/laurels/lib \
    && /opt/laurels/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home laurels
COPY --from=build /opt/laurels /opt/laurels
ENV PATH=/opt/laurels/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LAURELS_HOME=/data
USER laurels
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as request; request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["laurels"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
