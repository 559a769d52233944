"""An OpenAI-compatible endpoint, hosted or local, asked through pydantic-ai.

The client of OpenAI repeats a request after 429 (when `Retry-After` says), 5xx, a time-out or a broken connection.
pydantic-ai sends an answer that has not the form back to the model, once.
"""

import asyncio
from typing import Any

import pydantic_ai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from pydantic_ai import (
    Agent,
    ModelAPIError,
    ModelHTTPError,
    ModelRetry,
    NativeOutput,
    OutputTokenLimitExceeded,
    PromptedOutput,
    StructuredDict,
    ToolOutput,
    UnexpectedModelBehavior,
)
from pydantic_ai.exceptions import ContentFilterError, UserError
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from graph.errors import ConnectionFailed, ExtractorError, KeiretsuError, SourceError, first_line
from loaders import prompt
from loaders.extractor import Spent
from loaders.settings import Settings, variable

pydantic_ai.BANNER_ENABLED = False  # on a terminal it would advertise itself

_OUTPUTS = {"tool": ToolOutput, "native": NativeOutput, "prompted": PromptedOutput}
_NO_KEY = "none"
"""Sent where no key is set: a local server wants none, the client wants one. A key of another name is never sent."""
_OWN_FAULT = (400, 413, 422)
"""What an endpoint answers to a message that it does not take, while it may take others."""
_HEADERS = {"host", "authorization", "accept", "accept-encoding", "connection", "content-type", "content-length"}
"""All that is sent besides the request. The client would tell of this machine, and send whatever OPENAI_* holds."""


class Endpoint:
    """A model behind an endpoint.

    Args:
        spent: is kept up to date, and tells what is left of the limits.

    Raises:
        ExtractorError: no address is set.
    """

    def __init__(self, settings: Settings, spent: Spent) -> None:
        if settings.base_url is None:
            raise ExtractorError(f"no endpoint to ask: set {variable('base_url')}, and the key it wants")
        self._settings, self._spent = settings, spent

    def ask(self, message: str) -> dict[str, Any] | None:
        """The model's answer to a message; None where it is cut off, or has not the form even when asked twice.

        Raises:
            ExtractorError: a limit of the run is reached.
            ConnectionFailed: the endpoint does not answer, or refuses the login.
            SourceError: the endpoint refuses this message.
        """
        try:
            return asyncio.run(self._ask(message))
        except ContentFilterError as error:
            raise self._told(SourceError, error) from None
        except (UnexpectedModelBehavior, ValueError):  # what no library expects in an answer ends in the latter
            return None
        except ModelHTTPError as error:
            raise self._told(SourceError if error.status_code in _OWN_FAULT else ConnectionFailed, error) from None
        except ModelAPIError as error:
            raise self._told(ConnectionFailed, error) from None
        except UserError as error:
            raise self._told(ExtractorError, error) from None

    def _told(self, kind: type[KeiretsuError], error: Exception) -> KeiretsuError:
        """Our error for one of the client's, which may quote the key; so it is not kept as the cause either."""
        said = first_line(error)[:300]
        if self._settings.key:
            said = said.replace(self._settings.key.get_secret_value(), "…")
        return kind(f"language model: {said}")

    async def _ask(self, message: str) -> dict[str, Any]:
        async with self._client() as client:
            provider = OpenAICompatibleProvider("keiretsu", openai_client=client)
            model = _Metered(OpenAIChatModel(self._settings.model, provider=provider), self._settings, self._spent)
            form = StructuredDict(prompt.Answer.model_json_schema(), name="Answer")
            agent = Agent(
                model,
                output_type=_OUTPUTS[self._settings.output](form),
                instructions=prompt.instructions(),
                model_settings={"temperature": 0, "max_tokens": self._settings.answer},
                retries={"output": 1},
            )
            agent.output_validator(_listed)
            return dict((await agent.run(message)).output)

    def _client(self) -> AsyncOpenAI:
        async def sending(request: Any) -> None:
            self._spent.requests += 1
            for header in set(request.headers) - _HEADERS:
                del request.headers[header]

        key = self._settings.key
        return AsyncOpenAI(
            base_url=str(self._settings.base_url),
            api_key=key.get_secret_value() if key else _NO_KEY,
            timeout=self._settings.timeout,
            http_client=DefaultAsyncHttpxClient(follow_redirects=False, event_hooks={"request": [sending]}),
        )


def _listed(answer: dict[str, Any]) -> dict[str, Any]:
    for key in ("entities", "claims"):
        if not isinstance(answer.get(key), list):
            raise ModelRetry(f"`{key}` must be a list")
    return answer


class _Metered(WrapperModel):
    """A model that sends no more than the limits of the run allow."""

    def __init__(self, wrapped: OpenAIChatModel, settings: Settings, spent: Spent) -> None:
        super().__init__(wrapped)
        self._limits, self._spent = settings, spent

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        left = self._limits.requests - self._spent.requests
        if left <= 0:
            raise _reached("requests", self._limits.requests)
        if self._spent.tokens >= self._limits.tokens:
            raise _reached("tokens", self._limits.tokens)
        allowed: ModelSettings = {**(model_settings or {}), "max_retries": min(self._limits.retries, left - 1)}
        response = await super().request(messages, allowed, model_request_parameters)
        self._spent.tokens += response.usage.total_tokens
        if response.finish_reason == "length":  # the agent would ask once more, for an answer as long
            raise OutputTokenLimitExceeded("the answer is cut off")
        return response


def _reached(what: str, limit: int) -> ExtractorError:
    return ExtractorError(
        f"the limit of {limit:,} {what} for one run is reached ({variable(what)} sets it); "
        "what was answered is kept, and the next run goes on from there"
    )
