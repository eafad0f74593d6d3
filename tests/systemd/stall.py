"""Make the loop of a digitd hang while a file exists. Placed in the container's environment, nowhere else."""

import os
import time

from digitd.daemon.loop import Daemon


def arm(path):
    """Hang at the next look at the inboxes, while there is such a file."""
    deliver = Daemon._deliver

    def deliver_or_hang(self):
        while os.path.exists(path):
            time.sleep(0.2)
        return deliver(self)

    Daemon._deliver = deliver_or_hang


arm(os.environ["STALL_WHILE"])
