# Serves the page on port 7860 as a non-root user. Build: docker build -t omni-ui .
# Run: docker run -p 7860:7860 -e OMNI_BASE_URL=http://host:8091 omni-ui
# It listens beyond the container, so it counts as public: add -e OMNI_PUBLIC=false in a network that you trust.
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 omni
WORKDIR /home/omni/app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=omni app.py LICENSE ./
COPY --chown=omni assets assets
COPY --chown=omni omni_ui omni_ui
USER omni
ENV OMNI_HOST=0.0.0.0 OMNI_PORT=7860 PYTHONUNBUFFERED=1
EXPOSE 7860
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$OMNI_PORT/health', timeout=5)"
CMD ["python", "app.py"]
