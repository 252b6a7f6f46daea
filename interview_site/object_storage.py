"""Finished media on S3-compatible storage, by settings (design §8). Recordings in the making stay in RECORDING_DIR.

The bucket is private: no ACL is sent, nothing is public. A file is either passed on by us, with byte ranges (the default:
nothing to configure at the bucket), or, with MEDIA_S3_REDIRECT, fetched by the browser at a signed link that lives ten
minutes (threats 60); then the bucket's CORS rules must allow our origin.
"""

from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.utils.http import content_disposition_header

LINK_LIVES_S = 600
FAULTS = (BotoCoreError, ClientError)  # the storage cannot be reached, or refuses


def backend(
    *, bucket: str, endpoint: str = "", region: str = "", access_key: str = "", secret_key: str = "", prefix: str = ""
) -> dict[str, Any]:
    """The entry of STORAGES. Empty keys: those of the machine's role. Raises ImproperlyConfigured for half a pair of keys."""
    if bool(access_key) != bool(secret_key):
        raise ImproperlyConfigured("MEDIA_S3_ACCESS_KEY and MEDIA_S3_SECRET_KEY belong together: set both, or neither.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "location": prefix.strip("/"),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": LINK_LIVES_S,
            "signature_version": "s3v4",
            # Most compatible servers know buckets by path only.
            "addressing_style": "path" if endpoint else "auto",
        },
    }


def origin(endpoint: str, bucket: str, region: str) -> str:
    """Where signed links point, for the content policy."""
    if endpoint:
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}"
    return f"https://{bucket}.s3.{region}.amazonaws.com" if region else f"https://{bucket}.s3.amazonaws.com"


def signed_link(file: File, *, content_type: str, filename: str = "", attachment: bool = False) -> str:
    """A link to this one object that fixes its type and name; "" when the file is on no such storage."""
    storage = getattr(file, "storage", None)
    if not hasattr(storage, "querystring_expire"):
        return ""
    fixed = {"ResponseContentType": content_type, "ResponseCacheControl": "private, max-age=600"}
    if disposition := content_disposition_header(attachment, filename):
        fixed["ResponseContentDisposition"] = disposition
    return storage.url(file.name, parameters=fixed, expire=LINK_LIVES_S)
