"""What a suite claims, counted; what does not hold is kept and told at the end, so that one run tells all."""

import traceback
from contextlib import contextmanager

HERE = "/tests/conformance/"


def shown(value):
    return repr(value)[:600]


class Checks:
    def __init__(self):
        self.made = 0
        self.failures = []
        self._section = ""

    @contextmanager
    def section(self, name):
        """What is raised in a section is told, and ends no more than the section."""
        self._section = name
        try:
            yield
        except Exception as error:  # whatever it is, it is told
            frames = [one for one in traceback.extract_tb(error.__traceback__) if HERE in one.filename]
            frames = [one for one in frames if not one.filename.endswith("/notion.py")]
            place = f"{frames[-1].filename.split('/')[-1]}:{frames[-1].lineno}" if frames else ""
            self._fail(f"ended by {type(error).__name__}: {error} at {place}")

    def _fail(self, told):
        self.failures.append(f"{self._section}: {told}")

    def holds(self, what, holds, came=None):
        self.made += 1
        if not holds:
            self._fail(f"{what}; came {shown(came)}")

    def equal(self, what, came, expected):
        self.made += 1
        if came != expected or type(came) is not type(expected):
            self._fail(f"{what}: expected {shown(expected)}, came {shown(came)}")

    def has(self, what, came, part):
        """Everything in `part` is in what came; lists have the same length."""
        self.made += 1
        missing = difference(came, part, "")
        if missing:
            self._fail(f"{what}: {missing}")

    def error(self, what, call, **expected):
        """The error that a call ends with, which has these attributes."""
        self.made += 1
        try:
            came = call()
        except Exception as error:
            told = {name: getattr(error, name, None) for name in expected}
            if told != expected:
                self._fail(f"{what}: expected {shown(expected)}, came {shown(told)} with {error}")
            return error
        self._fail(f"{what} should be refused; came {shown(came)}")
        return Exception("nothing was raised")


def difference(came, part, path):
    if isinstance(part, dict) and isinstance(came, dict):
        told = (difference(came.get(name), value, f"{path}.{name}") for name, value in part.items())
        return "; ".join(filter(None, told))
    if isinstance(part, list) and isinstance(came, list) and len(came) == len(part):
        pairs = enumerate(zip(came, part))
        told = (difference(one, value, f"{path}[{index}]") for index, (one, value) in pairs)
        return "; ".join(filter(None, told))
    if came == part and isinstance(came, bool) == isinstance(part, bool):
        return ""
    return f"{path or 'it'}: expected {shown(part)}, came {shown(came)}"
