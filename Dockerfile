# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements/ requirements/
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        $(awk '$1 == "demo" && $2 != "python3-venv" { print $2 }' requirements/debian.txt) \
    && requirements/fandol.sh var/fonts \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --only-binary :all: --require-hashes -r requirements/base.txt

COPY . .
RUN useradd --system --uid 10001 --home-dir /app baobao \
    && mkdir -p var/media \
    && SECRET_KEY=only-for-collecting FIELD_KEYS=none:none python manage.py collectstatic --noinput \
    && chown -R baobao: var

USER baobao
EXPOSE 8000
CMD ["gunicorn", "baobao.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "30", "--max-requests", "5000", "--max-requests-jitter", "500", "--access-logfile", "-"]
