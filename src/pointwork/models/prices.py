"""What a call of a model will cost at least: the price of its prompt, where the price list knows the model.

Rule of this file: nothing is asked over a network; the list comes with the library. It is imported on first use,
because that takes half a second.
"""

from __future__ import annotations

from typing import Final

__all__ = ["prices"]


MANY: Final = 1_000_000


def prices(base_url: str, model: str, tokens: int) -> tuple[float, float] | None:
    """US dollars for a prompt of so many tokens, and for each token of its answer; None where no price is known.

    >>> prompt, answer = prices("https://api.openai.com/v1", "gpt-4o-mini", 1_000_000)
    >>> round(prompt, 2), round(answer * 1_000_000, 2)
    (0.15, 0.6)
    >>> prices("http://127.0.0.1:11434/v1", "gpt-4o-mini", 1_000_000) is None
    True
    """
    from genai_prices import Usage, calc_price

    def price(answer: int) -> float:
        usage = Usage(input_tokens=tokens, output_tokens=answer)
        return float(calc_price(usage, model, provider_api_url=base_url).total_price)

    try:
        return price(0), (price(MANY) - price(0)) / MANY
    except (LookupError, ValueError):
        return None
