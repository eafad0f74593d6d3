"""Keep the messages of TensorFlow and LiteRT off the user's terminal and out of the log."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def muted_stderr() -> Iterator[None]:
    """Hold back what native code writes to file descriptor 2; show it after all when the block raises.

    TensorFlow 2.21 logs before it has read TF_CPP_MIN_LOG_LEVEL, so that variable alone does not silence it.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held_back:
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            held_back.seek(0)
            os.write(terminal, held_back.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
