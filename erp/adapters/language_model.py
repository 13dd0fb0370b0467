"""A language model that is spoken to as OpenAI's are: Ollama, vLLM, llama.cpp, hosted ones."""

from collections.abc import Callable
from typing import Final

from pydantic import BaseModel, Field, ValidationError

from erp.adapters import outgoing_http
from erp.core.settings import get_settings
from erp.services.drafting.ports import ModelAnswer

MOST_BYTES: Final = 512 * 1024


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class ChatModel:
    """The configured model; asked anew each time, it remembers nothing."""

    def complete(self, request: str, is_wanted: Callable[[], bool]) -> ModelAnswer:
        """Send exactly this JSON text; hang up within a second after `is_wanted` says no."""
        settings = get_settings()
        if not settings.llm_url:
            return ModelAnswer(problem="No language model is set up here any more.")
        found = outgoing_http.exchange(
            f"{settings.llm_url.rstrip('/')}/chat/completions",
            request.encode(),
            _headers(settings.llm_api_key.get_secret_value()),
            seconds=settings.llm_timeout_seconds,
            most_bytes=MOST_BYTES,
            is_wanted=is_wanted,
        )
        if found.problem:
            return ModelAnswer(problem=f"The model could not be asked. {found.problem}"[:500])
        return _read(found.content)


def _read(content: bytes) -> ModelAnswer:
    try:
        first = _Completion.model_validate_json(content).choices[0]
    except ValidationError:
        return ModelAnswer(problem="What answered does not speak as a language model does.")
    if first.finish_reason == "length":
        return ModelAnswer(
            text=first.message.content or "", problem="The model broke off before it was done."
        )
    return ModelAnswer(text=first.message.content or "")


def _headers(key: str) -> dict[str, str]:
    plain = {
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "Vantage-ERP",
    }
    return plain | ({"authorization": f"Bearer {key}"} if key else {})
