import os

import pytest

from digitd.spool.mounts import is_remote


@pytest.fixture
def mounted(tmp_path):
    """Return a function that tells whether a folder is remote where the mounts are such lines."""

    def ask(*lines):
        device = tmp_path.stat().st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        mounts = tmp_path / "mountinfo"
        mounts.write_bytes(b"".join(line.replace("DEVICE", number).encode(errors="surrogateescape") for line in lines))
        return is_remote(tmp_path, mounts)

    return ask


def line(kind, *, device="DEVICE", optional="shared:1 "):
    return f"36 35 {device} / /mnt rw,noatime {optional}- {kind} source rw\n"


REMOTE = ("nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "vboxsf", "ceph", "fuse.sshfs", "fuse.rclone", "fuse.s3fs")
LOCAL = ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "fuse.encfs", "nfsd", "nfs5", "fuse.", "cifsx")


@pytest.mark.parametrize("kind", REMOTE)
def test_file_system_shared_between_machines_is_remote(mounted, kind):
    assert mounted(line("ext4", device="7:99"), line(kind))


@pytest.mark.parametrize("kind", LOCAL)
def test_file_system_of_one_machine_is_not(mounted, kind):
    assert not mounted(line(kind), line("nfs4", device="7:99"))


@pytest.mark.parametrize("optional", ["", "shared:1 ", "shared:1 master:2 propagate_from:3 "])
def test_optional_fields_may_be_there_or_not(mounted, optional):
    assert mounted(line("nfs4", optional=optional))


@pytest.mark.parametrize(
    "ill_formed", ["", "\n", "DEVICE", "36 35 DEVICE", "36 35 DEVICE / /mnt rw - ", "36 35 DEVICE / /mnt rw -nfs4 x\n"]
)
def test_ill_formed_line_is_no_reason_to_think_so(mounted, ill_formed):
    assert not mounted(ill_formed)
    assert mounted(ill_formed + "\n", line("nfs4"))


def test_mount_point_whose_name_is_not_text_does_no_harm(mounted):
    assert mounted("36 35 7:99 / /mnt/\udcff rw - ext4 source rw\n", line("nfs4"))


def test_where_nothing_is_known_it_is_not_remote(tmp_path):
    assert not is_remote(tmp_path, tmp_path / "none")
    assert not is_remote(tmp_path / "none")
