"""Builders for the chunk API's tests: who calls, and a worker without a broker."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from avatars.models import VideoChunk
from avatars.tasks import render_chunk
from interview_site.api import tokens

TEXT = (
    "Здравствуйте! Меня зовут Алия, я виртуальный помощник компании. Сегодня мы поговорим о вашем опыте, о проектах и о команде. "
    "Расскажите, пожалуйста, о самом трудном проекте последних двух лет. Что в нём было самым сложным?"
)


def make_staff(username: str = "alice", *, permitted: bool = True):
    user = get_user_model().objects.create_user(username=username, is_staff=True)
    if permitted:
        user.user_permissions.add(Permission.objects.get(codename="view_avatarsettings"))
    return user


def make_token(scopes: tuple[str, ...] = ("avatar",), username: str = "alice", **fields: object) -> str:
    return tokens.mint(name="site", owner=make_staff(username, **fields), scopes=list(scopes))[1]


def api_client(token: str | None = None, **fields: object) -> Client:
    secret = token or make_token(**fields)
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def post(client: Client, path: str = "/api/stream_chunks", **body: object):
    return client.post(path, body, content_type="application/json")


def work_until_done() -> list[int]:
    """What workers do for all due chunks, in the order they would; the chunks' indices in that order."""
    done = []
    while chunk := VideoChunk.objects.due().order_by("due_at", "index").first():
        done.append(chunk.index)
        render_chunk(chunk.pk)
    return done
