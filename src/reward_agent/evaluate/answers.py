"""Short answers: how they are normalised, compared, and found in a row or a response.

Normalisation is TriviaQA's (Joshi et al. 2017, arXiv 1705.03551, its evaluation script): lower case, underscores and
punctuation to spaces, without the articles a, an, the, white space to single spaces. SQuAD's differs in that it drops
punctuation where TriviaQA puts a space.
"""

import re
import string
from collections import Counter

_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "‘’´`", " "))
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def normalised(text: str) -> str:
    """The answer as it is compared."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def f1(predicted: str, accepted: str) -> float:
    """Harmonic mean of precision and recall over the words of two normalised answers, each word as often as it
    occurs. 0 where they share none."""
    said, expected = predicted.split(), accepted.split()
    shared = sum((Counter(said) & Counter(expected)).values())
    return 2 * shared / (len(said) + len(expected)) if shared else 0.0


def stands_in(accepted: str, predicted: str) -> bool:
    """Whether a normalised answer stands, as whole words, in another."""
    return bool(accepted) and f" {accepted} " in f" {predicted} "
