# Serves the page on port 7860 as a non-root user. Build: docker build -t omni-ui .
# Run: docker run -p 7860:7860 -e OMNI_BASE_URL=http://host:8091 omni-ui
# It listens beyond the container, so it counts as public: add -e OMNI_PUBLIC=false in a network that you trust.
# Pin it by digest where you build: --build-arg BASE=python:3.12-slim@sha256:...
ARG BASE=python:3.12-slim
FROM ${BASE}
# 1 adds the optional parts that are under the GPL (requirements-demo.txt): H.264, the demo's speech, tags of sounds.
ARG WITH_GPL=0
RUN useradd --create-home --uid 1000 omni
WORKDIR /home/omni/app
COPY requirements.lock requirements-demo.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
 && if [ "$WITH_GPL" = 1 ]; then pip install --no-cache-dir -r requirements-demo.txt; fi
COPY --chown=omni app.py LICENSE ./
COPY --chown=omni assets assets
COPY --chown=omni omni_ui omni_ui
USER omni
ENV OMNI_HOST=0.0.0.0 OMNI_PORT=7860 PYTHONUNBUFFERED=1
EXPOSE 7860
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$OMNI_PORT/health', timeout=5)"
CMD ["python", "app.py"]
