"""Set a process up that reads: where its log goes, and what its libraries do with threads and memory."""

import ctypes
import faulthandler
import sys

from digitd.service.logs import configure_logging

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of mallopt(3)."""
_TRIM_BYTES, _MMAP_BYTES = 64 << 20, 32 << 20


def set_up_process(log_format: str, *, level: str = "INFO") -> None:
    """Log as configured, read in one thread, keep freed memory for the next page, and say where it was on a crash.

    OpenCV's threads cost more than they give on pages of this size: a quarter of the processor's time at 28 px; other
    cores are used by other processes. glibc gives buffers of a megabyte back to the kernel at once and gets them anew,
    page by page, for the next image: a fifth of the time at 600 px. Other C libraries have no such setting.

    Parameters
    ----------
    log_format, level : str
        See `digitd.service.logs.configure_logging`.
    """
    configure_logging(log_format, level=level)
    if sys.stderr is not None:
        faulthandler.enable()  # also for the SIGABRT of a service manager's watchdog
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)
        libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
    import cv2

    cv2.setNumThreads(1)
