"""What people meet: languages and time, accounts, mail, the look of the admin."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from interview_site.settings.environment import BASE_DIR, env
from interview_site.startup import known_time_zone

# --- Languages and time ----------------------------------------------------------------------------------------------
LANGUAGES = [("ru", "Русский"), ("en", "English"), ("kk", "Қазақша")]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", [code for code, _name in LANGUAGES], default="en")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["interview_site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = known_time_zone(env.str("TIME_ZONE", default="UTC"))

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
COMPANY_NAME = env.str("COMPANY_NAME", default="")

# --- Admin look ------------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("AI-avatar interviews"),
    "SITE_HEADER": COMPANY_NAME or _("AI-avatar interviews"),
    "SITE_SUBHEADER": _("AI-avatar interviews") if COMPANY_NAME else None,
    "SITE_SYMBOL": "record_voice_over",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("css/admin.css")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icons/icon.svg")}],
    "DASHBOARD_CALLBACK": "interviews.admin.dashboard.dashboard_callback",
    "SIDEBAR": {"show_search": True, "navigation": "interviews.admin.dashboard.navigation"},
    "COLORS": {
        # The blue of the candidate's pages, from pale to deep.
        "primary": {
            "50": "oklch(97.2% .014 268)",
            "100": "oklch(94.2% .03 268)",
            "200": "oklch(88.8% .058 268)",
            "300": "oklch(80.5% .1 268)",
            "400": "oklch(69.5% .152 268)",
            "500": "oklch(59.5% .195 267)",
            "600": "oklch(51% .207 266)",
            "700": "oklch(44.5% .185 266)",
            "800": "oklch(38.5% .15 266)",
            "900": "oklch(33.5% .115 267)",
            "950": "oklch(25% .085 268)",
        },
    },
}
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = False  # our own resources neutralise more than formulae (interviews.admin.base)
