"""Faults of the package and the transport as ProviderErrors (contract §8); their text names the kind, never words of people."""

import httpx2
import openai

from interview_site.errors import Category, ProviderError
from interview_site.llm.endpoints import PROVIDER
from interview_site.outbound import category_of, retry_after_s

# What the caller of this package catches and hands to `fault_of`.
KNOWN = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, ValueError, TypeError, AttributeError, KeyError, IndexError,
         RecursionError)  # fmt: skip


def fault(
    text: str, category: Category = Category.SERVER, *, code: str, permanent: bool | None = None, **more: object
) -> ProviderError:
    return ProviderError(f"llm: {text}", category=category, provider=PROVIDER, code=code, permanent=permanent, **more)


def fault_of(error: Exception) -> ProviderError:
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _refusal(error)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return fault("took longer than allowed", Category.CONNECTIVITY, code="late")
    if isinstance(error, httpx2.DecodingError):
        return fault("the answer is compressed", code="invalid_response")
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | httpx2.StreamError):
        return fault(f"the connection failed ({type(error).__name__})", Category.CONNECTIVITY, code="connection")
    if isinstance(error, openai.APIError):  # an error inside a stream: no status
        code = str(error.code or "error")[:60]
        return fault(f"the server broke off ({code})", _category_of_code(code, Category.SERVER), code=code)
    return fault(f"the answer cannot be read ({type(error).__name__})", code="invalid_response")


def _refusal(error: openai.APIStatusError) -> ProviderError:
    code = str(getattr(error, "code", None) or error.status_code)[:60]
    headers = error.response.headers
    advice_s = retry_after_s({"Retry-After": headers.get("retry-after", "")})
    return fault(
        f"status {error.status_code} {code}",
        _category_of_code(code, category_of(error.status_code)),
        code=code,
        request_id=str(error.request_id or "")[:80],
        retry_after_s=_milliseconds(headers.get("retry-after-ms", "")) or advice_s,
    )


def _category_of_code(code: str, otherwise: Category) -> Category:
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return Category.QUOTA
    return Category.RATE_LIMIT if code == "rate_limit_exceeded" else otherwise


def _milliseconds(text: str) -> float | None:
    return min(int(text[:9]), 86_400_000) / 1000 if text.isascii() and text.isdigit() else None
