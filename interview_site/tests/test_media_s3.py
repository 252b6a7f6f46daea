"""Finished media on S3-compatible storage, against a real server on the loopback (design §8, threats 60)."""

import asyncio

import boto3
import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.test import AsyncRequestFactory
from moto.server import ThreadedMotoServer

from interview_site import object_storage
from interview_site.media import ranged_response

BUCKET, REGION = "interviews", "eu-central-1"
KEYS = {"access_key": "test", "secret_key": "test"}  # what the local server takes; opens nothing
SOUND = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    client = boto3.client("s3", endpoint_url=address, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield address
    server.stop()


@pytest.fixture
def storage(endpoint, settings):
    chosen = object_storage.backend(bucket=BUCKET, endpoint=endpoint, region=REGION, prefix="media", **KEYS)
    settings.STORAGES = {**settings.STORAGES, "default": chosen}
    return default_storage


@pytest.fixture
def stored(storage):
    return field_file(storage.save("speech/a.wav", ContentFile(SOUND)))


def field_file(name: str) -> FieldFile:
    """What a model's FileField gives."""
    return FieldFile(None, FileField(), name)


async def answer_to(file, **headers):
    request = AsyncRequestFactory().get("/", headers=headers)
    response = await ranged_response(request, file, content_type="audio/wav", filename="a.wav")
    body = b"".join([part async for part in response]) if response.streaming else response.content
    return response, body


def test_a_file_is_kept_found_again_and_deleted(storage):
    name = storage.save("speech/b.wav", ContentFile(SOUND))
    assert storage.open(name).read() == SOUND
    storage.delete(name)
    assert not storage.exists(name)


def test_a_second_file_of_the_same_name_does_not_overwrite_the_first(storage):
    names = [storage.save("speech/c.wav", ContentFile(content)) for content in (b"one", b"two")]
    assert [storage.open(name).read() for name in names] == [b"one", b"two"]


async def test_it_is_passed_on_by_us_with_byte_ranges(stored):
    response, body = await answer_to(stored, range="bytes=10-19")
    assert (response.status_code, body) == (206, SOUND[10:20])
    assert response["Content-Type"] == "audio/wav"


async def test_a_browser_is_sent_to_a_short_signed_link_when_the_operator_wants_it(stored, settings):
    settings.MEDIA_S3_REDIRECT = True
    response, _body = await answer_to(stored)
    assert response.status_code == 302
    assert "no-store" in response["Cache-Control"]
    assert "X-Amz-Expires=600" in response["Location"]
    fetched = await asyncio.to_thread(requests.get, response["Location"], timeout=10)
    assert (fetched.content, fetched.headers["Content-Type"]) == (SOUND, "audio/wav")


def test_nothing_is_sent_with_a_public_acl(storage):
    assert storage.default_acl is None and storage.querystring_auth is True


async def test_a_file_that_is_gone_is_not_found(stored, storage):
    storage.delete(stored.name)
    with pytest.raises(Http404):
        await answer_to(stored)


async def test_a_storage_that_is_down_is_unavailable_and_no_fault_of_ours(settings):
    down = object_storage.backend(bucket=BUCKET, endpoint="http://127.0.0.1:1", region=REGION, **KEYS)
    settings.STORAGES = {**settings.STORAGES, "default": down}
    response, _body = await answer_to(field_file("speech/a.wav"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_half_a_pair_of_keys_is_refused_by_name():
    with pytest.raises(ImproperlyConfigured, match="MEDIA_S3_SECRET_KEY"):
        object_storage.backend(bucket=BUCKET, access_key="only")


@pytest.mark.parametrize(
    ("endpoint", "region", "expected"),
    [
        ("https://minio.example.org:9000", "", "https://minio.example.org:9000"),
        ("", "eu-central-1", "https://interviews.s3.eu-central-1.amazonaws.com"),
        ("", "", "https://interviews.s3.amazonaws.com"),
    ],
)
def test_the_content_policy_names_where_links_point(endpoint, region, expected):
    assert object_storage.origin(endpoint, BUCKET, region) == expected
