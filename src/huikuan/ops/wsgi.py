"""The web server's entry. Loaded in each of its workers."""

import os

from django.core.wsgi import get_wsgi_application

from huikuan.ops.lifeline import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.ops.settings")
end_with_parent()  # a worker must not outlive a web server that was killed: it would keep the port
application = get_wsgi_application()

from huikuan.ops.warm import warm  # noqa: E402  models can be imported only now

warm()
