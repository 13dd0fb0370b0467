# The same application as `make run`, against real servers; see deploy/compose.yaml.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install -r requirements.txt
COPY . .
# The browser talks to the address the page came from, so one build serves every address.
RUN /venv/bin/python -m erp build && rm -rf .web/node_modules .data && /venv/bin/python -m compileall -q erp jobs

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home erp \
    && mkdir -p /app/.data /objects && chown erp /app/.data /objects
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER erp
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["python", "-m", "erp"]
CMD ["serve", "web"]
