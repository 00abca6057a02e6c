"""The modules a checker may import. All are loaded before the jail is shut; afterwards nothing can be.

Everything here runs in the worker before it has seen any checker.
"""

import codecs
import importlib
import sys
from types import ModuleType

# What instruction checkers use, and what those modules load only when first used. `import_module` takes dotted names.
_PUBLIC = """
abc array ast base64 binascii bisect builtins calendar cmath codecs collections collections.abc colorsys configparser
contextlib copy csv dataclasses datetime decimal difflib enum errno fnmatch fractions functools graphlib
hashlib heapq hmac html html.entities html.parser inspect io ipaddress itertools json json.decoder keyword locale
math numbers operator os os.path pathlib pprint random re reprlib shlex statistics string stringprep struct sys
textwrap time token tokenize tomllib traceback types typing unicodedata urllib.parse uuid warnings weakref
xml.dom.minidom xml.etree.ElementTree xml.sax xml.sax.saxutils zlib __future__
"""
PUBLIC = tuple(_PUBLIC.split())

# Loaded behind the scenes by calls of the above.
_HIDDEN = ("_strptime", "xml.dom.expatbuilder", "xml.sax.expatreader")
_ENCODINGS = """
utf_8 utf_8_sig ascii latin_1 cp1252 utf_16 utf_16_le utf_16_be utf_32 idna punycode unicode_escape
raw_unicode_escape rot_13 hex_codec base64_codec quopri_codec
"""

# Libraries in C that the modules above do without: OpenSSL, compressors, faster twins of Python code. Every library
# makes each fork slower (its pages and its mappings are copied), and is something to attack.
_LEFT_OUT = (
    "_hashlib",
    "_ssl",
    "ssl",
    "_bz2",
    "_lzma",
    "_uuid",
    "_bisect",
    "_heapq",
    "_statistics",
)
# Named by an import that a checker may want, used by none: an empty module stands in while that import runs.
_STANDS_IN = ("urllib.request",)
_OWN_TOOLS = frozenset({"_ctypes", "ctypes", "reward_agent", "resource", "select"})


def load() -> None:
    """Loads everything; `shut_door` afterwards."""
    for name in _LEFT_OUT:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say "not to be imported"
    for name in _STANDS_IN:
        sys.modules[name] = ModuleType(name)
    for name in PUBLIC:
        importlib.import_module(name)
    for name in _HIDDEN:
        importlib.import_module(name)
    for name in _ENCODINGS.split():
        codecs.lookup(name)
    for name in _STANDS_IN:
        del sys.modules[name]
    _warm()


def shut_door() -> None:
    """A module that is not loaded is not found from here on."""
    sys.path.clear()
    sys.path_importer_cache.clear()


def forget_own_tools() -> None:
    """Takes the modules of the worker itself out of a checker's reach. Tidiness, no boundary: objects can be found."""
    for name in list(sys.modules):
        if name.partition(".")[0] in _OWN_TOOLS:
            del sys.modules[name]


def _warm() -> None:
    """First calls that load or build something; each child would otherwise do it again."""
    import datetime
    import json
    import re
    import xml.etree.ElementTree as ElementTree

    datetime.datetime.strptime("2000-01-01", "%Y-%m-%d")
    json.loads(json.dumps({"a": [1, 2.5, None, "é"]}))
    re.compile(r"\b\w+\b", re.IGNORECASE).findall("one two")
    ElementTree.fromstring("<a>b</a>")  # noqa: S314  # our own text
    compile("def check_following(response): return len(response.split()) > 3", "<checker>", "exec")
    re.purge()
