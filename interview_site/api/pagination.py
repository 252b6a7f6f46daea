"""Lists by cursor: stable while rows come and go, and as fast on page 200 as on page 1."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """50 rows a page, newest first; `page_size` up to 200. A cursor that is none of ours is 404."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
