"""Turns refusals into answers: RFC 9457 problem+json for machines, a friendly page for people."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from uuid import uuid4

import msgspec
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from redis.exceptions import RedisError

from kernel.errors import BadRequest, DomainError, NotFound, Unavailable
from kernel.proof_of_work import ProofNeeded
from kernel.typed import typed_address
from kernel.wire import TooLarge

log = logging.getLogger("hequ.problem")


class Fault(DomainError):
    """Ours, not the caller's. The request id leads support to the log line."""

    code = "fault"
    status = 500
    zh = "系统出现问题，我们已经记录。请稍后再试，或向工作人员提供编号 {request_id}。"
    en = "Something went wrong on our side and was recorded. Please try again later, quoting {request_id}."


class CsrfRefused(DomainError):
    code = "csrf"
    status = 403
    zh = "页面已过期，请刷新后重试；已填写的内容不会丢失。"
    en = "This page has expired. Please refresh and try again; what you typed is kept."


class MethodRefused(DomainError):
    code = "method_not_allowed"
    status = 405
    zh = "不支持这种访问方式。"
    en = "This method is not supported here."


class Unstorable(BadRequest):
    """Signs that no text column takes, a number or a day beyond all bounds."""

    code = "unstorable"
    zh = "提交的内容含有无法保存的字符或数值，请检查后重试。"
    en = "The submitted content holds signs or numbers that cannot be stored. Please check it and try again."


# PostgreSQL or Redis went away, refused, or took too long: what the person did can be done again.
_DOES_NOT_ANSWER = (OperationalError, InterfaceError, RedisError)
RETRY_SECONDS = 2
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRET = re.compile("password|secret|token")
# The fields of a password, by the names its forms give them; on phones `again` asks for another code.
PASSWORDS = frozenset({"password", "current", "new", "again"})
_NUL_REFUSED = "A string literal cannot contain NUL"  # the driver's words, before PostgreSQL sees anything


def wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return "json" in accept or "json" in (request.content_type or "")


def page_of(request: HttpRequest) -> str:
    """The page somebody was on: what was read, or the page on which a sent form stood ("" when unknown).

    Of the referrer only path and query are taken, and only of this host.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = typed_address(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return ""
    return came_from._replace(scheme="", netloc="", fragment="").geturl()


def problem(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer for one refusal, in the caller's language and kind."""
    request_id = getattr(request, "request_id", "")
    if not wants_json(request):
        context = {
            "error": error,
            "message": error.message(),
            "request_id": request_id,
            "reopen": page_of(request) or request.path,
            "typed": _typed_again(request) if error.status == Unavailable.status else [],
        }
        response = render(request, "problem.html", context, status=error.status)
    else:
        body = {
            "type": f"urn:hequ:problem:{error.code}",
            "title": error.message(),
            "status": error.status,
            "code": error.code,
            "request_id": request_id,
            "language": get_language(),
        }
        findings = error.details.get("problems")
        if findings is not None:
            body["problems"] = findings
        if isinstance(error, ProofNeeded):
            body["challenge"] = {"token": error.details["token"], "bound": error.details["bound"]}
        encoded = msgspec.json.encode(body)
        response = HttpResponse(encoded, status=error.status, content_type="application/problem+json")
    if "seconds" in error.details:
        response["Retry-After"] = str(error.details["seconds"])
    response["Cache-Control"] = "no-store"
    return response


def _typed_again(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form carried, so that the page that says "not now" can send it once more. Empty where it cannot.

    Nothing is kept: it goes back to the browser it came from, on a page no cache keeps. A password never
    stands in a page: a form that chooses or proves one is filled in again by hand.
    """
    if request.method != "POST" or request.content_type not in _FORMS or request.FILES:
        return []
    if request.POST.keys() & (PASSWORDS - {"again"}):
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not _SECRET.search(name)
        for value in values
    ]


class ProblemMiddleware:
    """Gives each request an id and each refusal an answer. Outermost of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex[:16]  # type: ignore[attr-defined]  # read by logs and problem pages
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            refused = problem(request, MethodRefused())
            refused["Allow"] = response.get("Allow", "")
            response = refused
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]  # set above
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            if error.status >= 500:
                log.error("refused", extra={"code": error.code}, exc_info=error)
            return problem(request, error)
        if isinstance(error, RequestDataTooBig):
            return problem(request, TooLarge())
        if isinstance(error, ObjectDoesNotExist | Http404):
            return problem(request, NotFound())
        if isinstance(error, SuspiciousOperation):
            return problem(request, BadRequest())
        if isinstance(error, _DOES_NOT_ANSWER):
            return _unavailable(request, error)
        if isinstance(error, DataError | OverflowError) or str(error).startswith(_NUL_REFUSED):
            log.warning("unstorable", exc_info=error)
            return problem(request, Unstorable())
        return None


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("does not answer", extra={"error": type(error).__name__}, exc_info=error)
    return problem(request, Unavailable(seconds=RETRY_SECONDS))


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return problem(request, BadRequest())


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return problem(request, CsrfRefused())


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return problem(request, NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    """Also for what fails in a middleware, where no view's exception is told of."""
    error = sys.exception()
    if isinstance(error, _DOES_NOT_ANSWER):
        return _unavailable(request, error)
    return problem(request, Fault(request_id=getattr(request, "request_id", "")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Settings' CSRF_FAILURE_VIEW."""
    return problem(request, CsrfRefused())
