"""A language model of half a megabyte that real llama.cpp serves: it calls the calculator once, then says so.

Nothing in it is random or trained. Each token has a direction of its own, attention and feed-forward layers add
nothing, and the output weights lead from each token to the one that follows: a finite automaton in the shape of a
llama. Its chat template ends the prompt with one of two tokens, by whether a tool has answered, and that decides which
way it goes.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

__all__ = ["ANSWER", "EXPRESSION", "write"]

EXPRESSION = "15*23+17"
ANSWER = "The tool has answered."
CALL = f'{{"name": "calculator", "arguments": {{"expression": "{EXPRESSION}"}}}}'

TEMPLATE = """{%- if tools %}<|im_start|>system
You may call functions. Their signatures are within <tools></tools>:
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
For each call return a JSON object within <tool_call></tool_call>:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{%- endif %}
{%- for message in messages %}
{%- if message.role == "tool" %}<|im_start|>user
<tool_response>
{{ message.content }}
</tool_response><|im_end|>
{%- elif message.role == "assistant" and message.tool_calls %}<|im_start|>assistant
{%- for call in message.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{%- else %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% if messages[-1].role == "tool" %}<|answer|>{% else %}<|call|>{% endif %}
{%- endif %}"""

WIDTH = 320  # a direction for each token
CONTROL, USER_DEFINED, BYTE, NORMAL, UNKNOWN = (
    gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED, gguf.TokenType.BYTE, gguf.TokenType.NORMAL,
    gguf.TokenType.UNKNOWN,
)  # fmt: skip


def write(path: Path) -> None:
    """Write the model to a file."""
    tokens: list[tuple[str, gguf.TokenType]] = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    tokens += [(text, CONTROL) for text in ("<|im_start|>", "<|im_end|>")]
    tokens += [(text, USER_DEFINED) for text in ("<|call|>", "<|answer|>", "<tool_call>", "</tool_call>")]
    call = ["\n", *_pieces(CALL), "\n "]  # the last differs from the first: a token leads to one other only
    answer = _pieces(ANSWER)
    tokens += [(text, USER_DEFINED) for text in dict.fromkeys((*call, *answer))]
    number = {text: at for at, (text, _) in enumerate(tokens)}
    chains = [["<|call|>", "<tool_call>", *call, "</tool_call>", "<|im_end|>"], ["<|answer|>", *answer, "<|im_end|>"]]
    follows = {number[one]: number[other] for chain in chains for one, other in pairwise(chain)}
    _save(path, tokens, follows, end=number["<|im_end|>"])


def _pieces(text: str) -> list[str]:
    """The text in a few pieces, no two alike, so that each leads to the next."""
    size = max(4, len(text) // 5)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert len(set(pieces)) == len(pieces)
    return pieces


def _save(path: Path, tokens: list[tuple[str, gguf.TokenType]], follows: dict[int, int], *, end: int) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(4_096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(WIDTH // 32)
    writer.add_head_count_kv(WIDTH // 32)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(end)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    directions = np.zeros((len(tokens), WIDTH), np.float32)
    directions[np.arange(len(tokens)), np.arange(len(tokens))] = 1.0
    leads = np.zeros((len(tokens), WIDTH), np.float32)
    for one, other in follows.items():
        leads[other, one] = 10.0
    writer.add_tensor("token_embd.weight", directions)
    writer.add_tensor("output.weight", leads)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    square, wide, tall = ((WIDTH, WIDTH), (32, WIDTH), (WIDTH, 32))
    shapes = {"attn_q": square, "attn_k": square, "attn_v": square, "attn_output": square, "ffn_gate": wide,
              "ffn_up": wide, "ffn_down": tall}  # fmt: skip
    for name, shape in shapes.items():
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros(shape, np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
