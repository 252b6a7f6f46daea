# One image for web, workers, beat, Flower and one-off commands; the command decides. Runs as its own user.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt /tmp/requirements.txt
RUN /venv/bin/pip install -r /tmp/requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN groupadd --gid 10001 site && useradd --uid 10001 --gid site --home-dir /var/lib/site --shell /usr/sbin/nologin site \
    && install -d -o site -g site -m 0750 /var/lib/site /var/lib/site/media /var/lib/site/recordings
COPY --from=build /venv /venv
WORKDIR /srv/site
COPY . .
# The keys of this step sign nothing: collectstatic only needs the settings to load.
RUN python -m interview_site.messages \
    && SITE_MODE=production SECRET_KEY=build LINK_KEY=build STATIC_ROOT=/srv/static VAR_DIR=/tmp/build \
       python manage.py collectstatic --no-input --skip-checks -v 0 \
    && rm -rf /tmp/build
USER site
VOLUME /var/lib/site
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "-v", "0", "--no-server-name", "--http-timeout", "120", "--websocket-max-message-size", "4194304", "--websocket-max-frame-size", "4194304", "interview_site.asgi:application"]
