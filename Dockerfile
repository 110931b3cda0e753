# Serves the page on port 7860 as a non-root user. Build: docker build -t omni-ui .
# Run: docker run -p 7860:7860 -e OMNI_BASE_URL=http://host:8091 omni-ui
# It listens beyond the container, so it counts as public: add -e OMNI_PUBLIC=false in a network that you trust.
# The base image is named by its tag, not by its digest: no registry could be asked where this was written. Pin it where
# you build: docker build --build-arg BASE="python@$(docker buildx imagetools inspect python:3.12-slim \
#   --format '{{.Manifest.Digest}}')" -t omni-ui .
ARG BASE=python:3.12-slim
FROM ${BASE}
# 1 adds the optional parts that are under the GPL (requirements-demo.txt): H.264, the demo's speech, tags of sounds.
ARG WITH_GPL=0
# 1 adds what metrics and traces need (requirements-operating.txt, docs/operating.md).
ARG WITH_OPERATING=0
# 1 adds what several processes need (requirements-cluster.txt, docs/deploying.md).
ARG WITH_CLUSTER=0
RUN useradd --create-home --uid 1000 omni
WORKDIR /home/omni/app
COPY requirements.lock requirements-operating.lock requirements-cluster.lock requirements-demo.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
 && if [ "$WITH_GPL" = 1 ]; then pip install --no-cache-dir -r requirements-demo.txt; fi \
 && if [ "$WITH_OPERATING" = 1 ]; then pip install --no-cache-dir --require-hashes -r requirements-operating.lock; fi \
 && if [ "$WITH_CLUSTER" = 1 ]; then pip install --no-cache-dir --require-hashes -r requirements-cluster.lock; fi
COPY --chown=omni app.py LICENSE ./
COPY --chown=omni assets assets
COPY --chown=omni omni_ui omni_ui
USER omni
ENV OMNI_HOST=0.0.0.0 OMNI_PORT=7860 PYTHONUNBUFFERED=1
EXPOSE 7860
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$OMNI_PORT/health', timeout=5)"
CMD ["python", "app.py"]
