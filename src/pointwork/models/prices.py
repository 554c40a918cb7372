"""What a call of a model will cost at least: the price of its prompt, where the price list knows the model.

Rule of this file: nothing is asked over a network; the list comes with the library. It is imported on first use,
because that takes half a second.
"""

from __future__ import annotations

__all__ = ["least_cost_usd"]


def least_cost_usd(base_url: str, model: str, tokens: int) -> float | None:
    """US dollars for a prompt of so many tokens, answer not included; None for a model without a known price.

    >>> round(least_cost_usd("https://api.openai.com/v1", "gpt-4o-mini", 1_000_000), 2)
    0.15
    >>> least_cost_usd("http://127.0.0.1:11434/v1", "gpt-4o-mini", 1_000_000) is None
    True
    """
    from genai_prices import Usage, calc_price

    try:
        return float(calc_price(Usage(input_tokens=tokens), model, provider_api_url=base_url).total_price)
    except (LookupError, ValueError):
        return None
