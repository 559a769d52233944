"""What the environment says of a language model: `KEIRETSU_LLM_MODEL`, `KEIRETSU_LLM_KEY` and so on."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.door import reason
from graph.errors import ExtractorError
from graph.model import Name

PREFIX = "KEIRETSU_LLM_"


class Settings(BaseSettings):
    """The settings of a run. The key is never shown, nor is the address, which some people put a key into."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, hide_input_in_errors=True, frozen=True, extra="ignore"
    )

    model: Name
    """As the endpoint calls it."""
    base_url: HttpUrl | None = Field(None, repr=False)
    """Of an OpenAI-compatible endpoint. There is no default: documents go only where somebody said."""
    key: SecretStr | None = None
    cache: Path | None = None
    """Folder of the answers. By default `llm` in the user's cache folder."""
    offline: bool = False
    """Answers come from the cache alone."""
    output: Literal["tool", "native", "prompted"] = "tool"
    """How the form of an answer is told: as a tool, as a JSON schema that the endpoint enforces, or in words."""
    timeout: Annotated[float, Field(gt=0, le=3600)] = 120
    """Seconds for one request."""
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    """How often a request is sent again after 429, 5xx, a time-out or a broken connection."""
    requests: Annotated[int, Field(ge=0)] = 1_000
    """Sent in a run at most, repeated ones too."""
    tokens: Annotated[int, Field(ge=0)] = 2_000_000
    """After which a run asks no more. The answer that goes beyond is kept."""
    part: Annotated[int, Field(ge=500)] = 6_000
    """Characters of a document that are asked about at once."""
    answer: Annotated[int, Field(ge=100)] = 8_000
    """Tokens of an answer at most. For what does not fit, half of the part is asked about."""

    @field_validator("key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        secret = key.get_secret_value().strip() if key else ""
        if not (secret.isascii() and secret.isprintable()):
            raise PydanticCustomError("bad_key", "it holds something that is no printable ASCII character")
        return SecretStr(secret) if secret else None

    @classmethod
    def read(cls) -> Self:
        """The settings that the environment gives.

        Raises:
            ExtractorError: one is missing or wrong; the message has its name, never its value.
        """
        try:
            return cls()  # type: ignore[call-arg]  # the environment gives them
        except ValidationError as error:
            where = error.errors(include_url=False, include_input=False)[0]["loc"]
            raise ExtractorError(f"{variable(str(where[0]))}: {reason(error)[1].partition(': ')[2]}") from None


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + field.upper()
