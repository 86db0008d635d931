"""The WSGI application; refuses to serve with a database role that the wall does not hold."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baobao.settings")
application = get_wsgi_application()

from tenancy.checks import faults  # noqa: E402 -- the app registry must be ready first

if found := faults():
    raise ImproperlyConfigured("；".join(str(fault.msg) for fault in found))
