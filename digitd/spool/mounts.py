"""Tell a folder that other machines write to: their writing makes no events here, though one's own does."""

import os
import re
from pathlib import Path

_REMOTE = re.compile(
    r"nfs4?|cifs|smb3|smbfs|ncpfs|afs|coda|ceph|glusterfs|lustre|gpfs|beegfs|9p|virtiofs|vboxsf|prl_fs|vmhgfs"
    r"|fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|davfs|curlftpfs|vmhgfs-fuse|ceph)|davfs|ocfs2|gfs2"
)
"""Types of file systems that are shared between machines, as in /proc/self/mountinfo."""


def is_remote(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Return whether a folder is on a file system that other machines may write to; False where that is not known.

    Parameters
    ----------
    folder : Path
    mounts : Path
        The mounts of this process, see proc_pid_mountinfo(5).
    """
    try:
        device = os.stat(folder).st_dev  # noqa: PTH116 - as the device numbers in the file are
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    number = f"{os.major(device)}:{os.minor(device)}"
    types = [line.partition(" - ")[2].split(" ")[0] for line in lines if line.split(" ")[2:3] == [number]]
    return any(_REMOTE.fullmatch(kind) for kind in types)
