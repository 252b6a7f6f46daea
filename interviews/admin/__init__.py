"""HR's workplace (design §6): one module a group of models. Everything is limited to what its user may see (threats 40)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from interviews.admin import asked, audit, candidates, interviews, kept, mail, people, positions  # noqa: F401  registers the models
from interviews.admin.login import ThrottledLoginForm

admin.site.login_form = ThrottledLoginForm
admin.site.index_title = _("Dashboard")
