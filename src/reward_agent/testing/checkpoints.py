"""Small models made on the spot, with random weights, a tokenizer and a chat template: for tests and timings of
what handles models, where no download is to be had. Needs the extra `local`.

    path = tiny_classifier(tmp_path / "model")

Their scores and replies mean nothing.
"""

import itertools
from pathlib import Path
from typing import Any

LLAMA3_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
    "{{ message['content'] }}<|eot_id|>{% endfor %}"
)
CONTROL_TOKENS = ("<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<pad>")
WIDTHS = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
OBJECTIVES, GATE_WIDTH, GATE_LAYERS = 19, 16, 3


def tiny_classifier(folder: Path, *, seed: int = 0, chat_template: str | None = LLAMA3_TEMPLATE, **config: Any) -> Path:
    """A Llama-shaped sequence classifier with one label, in 32 bits. `config` goes into its LlamaConfig."""
    import torch
    from transformers import LlamaForSequenceClassification

    torch.manual_seed(seed)
    model = LlamaForSequenceClassification(_config(folder, chat_template, num_labels=1, **config))
    torch.nn.init.normal_(model.score.weight, std=1.0)  # scores that differ, as a trained model's do
    model.save_pretrained(folder)
    return folder


def tiny_chat_model(folder: Path, *, seed: int = 0, **config: Any) -> Path:
    """A Llama-shaped language model that replies with nonsense, and soon: half of all tokens end its reply."""
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(seed)
    settings = _config(folder, LLAMA3_TEMPLATE, **config)
    settings.eos_token_id = list(range(1, settings.vocab_size, 2))
    LlamaForCausalLM(settings).save_pretrained(folder)
    return folder


def tiny_armorm(folder: Path, *, seed: int = 0, **config: Any) -> Path:
    """A checkpoint with ArmoRM's tensors under their published names."""
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import LlamaModel

    torch.manual_seed(seed)
    settings = _config(folder, LLAMA3_TEMPLATE, gating_temperature=10, **config)
    LlamaModel(settings).save_pretrained(folder)
    width = settings.hidden_size
    tensors = {f"model.{name}": tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    tensors |= {
        "regression_layer.weight": torch.randn(OBJECTIVES, width),
        "reward_transform_matrix": torch.eye(OBJECTIVES) - 0.1 * torch.rand(OBJECTIVES, OBJECTIVES),
        "gating.logit_scale": torch.tensor([1.5]),
    }
    sizes = [width, *[GATE_WIDTH] * GATE_LAYERS, OBJECTIVES]
    for layer, (taken, given) in enumerate(itertools.pairwise(sizes)):
        tensors[f"gating.layers.{layer}.weight"] = torch.randn(given, taken)
        tensors[f"gating.layers.{layer}.bias"] = torch.randn(given)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _config(folder: Path, chat_template: str | None, **config: Any) -> Any:
    """Writes the tokenizer, a byte a token, and makes the configuration that fits it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, PreTrainedTokenizerFast

    signs = [*CONTROL_TOKENS, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(signs)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=CONTROL_TOKENS[0],
        eos_token=CONTROL_TOKENS[1],
        pad_token=CONTROL_TOKENS[-1],
        extra_special_tokens=list(CONTROL_TOKENS[2:4]),
        chat_template=chat_template,
    )
    fast.save_pretrained(folder)
    known = {"vocab_size": len(signs), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": len(CONTROL_TOKENS) - 1}
    return LlamaConfig(**{**WIDTHS, **known, "max_position_embeddings": 2048, **config})
