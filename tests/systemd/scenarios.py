"""What is promised of the service, one function each: what it returns was seen, what it asserts must be so.

They run in this order in one container, and leave it as they found it: the service runs, the inbox is empty.
"""

import json
import time

from tests.conftest import ROOT, SAMPLES
from tests.systemd.documented import installation_as_documented
from tests.systemd.rig import CONFIG, DIGITD, STATE
from tests.systemd.sandbox import (
    metrics_are_answered_with_their_drop_in,
    network_folder_is_waited_for_and_followed,
    nothing_else_of_the_system_is_there,
)

OUTBOX = f"{STATE}/outbox"


def activating_until_ready(rig):
    rig.run("systemctl", "enable", "digitd")
    rig.run("systemctl", "start", "--no-block", "digitd")
    seen = []
    while not seen or seen[-1][0] != "active":
        shown = rig.show("ActiveState", "SubState", "StatusText")
        state = (shown["ActiveState"], shown["SubState"])
        if not seen or seen[-1] != state:
            seen.append(state)
        assert len(seen) < 10
    assert ("activating", "start") in seen
    assert "watching" in rig.show("StatusText")["StatusText"]
    journal = rig.journal()
    assert journal.index("model loaded") < journal.index("watching") < journal.index("Started digitd.service")
    assert "xnnpack=True" in journal or "XNNPACK" in rig.run("journalctl", "-u", "digitd", "-o", "verbose")
    return " -> ".join("/".join(state) for state in seen)


def group_member_drops_and_reads_others_cannot(rig):
    rig.drop("by-alice.png", user="alice")
    row = rig.wait_for_row("by-alice.png")
    assert row[5] == "2"
    picture = row[12]
    rig.wait(lambda: rig.code("test", "-r", f"{OUTBOX}/{picture}", user="alice") == 0, "alice can read the picture")
    assert rig.code("cat", f"{OUTBOX}/predictions.csv", user="alice") == 0
    for command in (
        ("ls", f"{STATE}/inbox"),
        ("touch", f"{STATE}/inbox/by-mallory.png"),
        ("cat", f"{OUTBOX}/predictions.csv"),
        ("ls", STATE),
        ("cat", f"{STATE}/state/ledger.sqlite3"),
    ):
        assert rig.code(*command, user="mallory") != 0, command
    assert rig.code("cat", f"{STATE}/state/ledger.sqlite3", user="alice") != 0
    assert rig.code("mv", f"{STATE}/inbox/.digitd", f"{STATE}/inbox/mine", user="alice") != 0
    return f"alice: value {row[5]} and {picture}; mallory: refused five times"


def unreadable_file_fails(rig):
    digit = (SAMPLES / "two-small.png").read_bytes()
    rig.shell(
        f"umask 077 && cat >{STATE}/inbox/.s && mv {STATE}/inbox/.s {STATE}/inbox/secret.png", user="alice", stdin=digit
    )
    row = rig.wait_for_row("secret.png")
    assert row[7:9] == ["failed", "unreadable"]
    rig.wait(lambda: "secret.png" in rig.run("ls", f"{OUTBOX}/failed"), "it is in failed/")
    reason = json.loads(rig.run("cat", f"{OUTBOX}/failed/secret.png.reason.json"))
    assert "secret.png" not in rig.run("ls", f"{STATE}/inbox")
    return f"failed/: {reason['detail']}"


def kill_9_restarted(rig):
    before, pid = int(rig.show("NRestarts")["NRestarts"]), rig.pid()
    rig.run("kill", "-9", str(pid))
    rig.drop("after-kill.png")
    rig.wait(lambda: rig.pid() not in (0, pid), "another process")
    rig.wait_for_row("after-kill.png")
    after = int(rig.show("NRestarts")["NRestarts"])
    assert after == before + 1
    return f"NRestarts {before} -> {after}, then the file that was dropped meanwhile was read"


def stalled_loop_aborted_with_traceback(rig):
    site = rig.shell("echo /opt/digitd/venv/lib/python3*/site-packages").strip()
    rig.write(f"{site}/stall.py", (ROOT / "tests" / "systemd" / "stall.py").read_bytes())
    rig.write(f"{site}/stall.pth", 'import os; os.environ.get("STALL_WHILE") and __import__("stall")\n')
    rig.drop_in("stall", f"[Service]\nWatchdogSec=5\nTimeoutAbortSec=5\nEnvironment=STALL_WHILE={STATE}/stall\n")
    rig.run("systemctl", "restart", "digitd")
    pid, restarts = rig.pid(), int(rig.show("NRestarts")["NRestarts"])
    time.sleep(13)  # more than twice the watchdog's time: a loop that goes on is left alone
    assert (rig.pid(), int(rig.show("NRestarts")["NRestarts"])) == (pid, restarts)
    began = time.monotonic()
    rig.run("touch", f"{STATE}/stall")
    rig.wait(lambda: "deliver_or_hang" in rig.journal("-n", "60"), "a traceback in the journal")
    took_s = time.monotonic() - began
    rig.run("rm", f"{STATE}/stall")
    rig.wait(lambda: rig.pid() not in (0, pid), "another process")
    journal = rig.journal("-n", "80")
    assert "Watchdog timeout" in journal
    assert "Fatal Python error: Aborted" in journal
    assert int(rig.show("NRestarts")["NRestarts"]) > restarts
    rig.run("rm", f"{site}/stall.py", f"{site}/stall.pth")
    rig.drop_in("stall", "")
    rig.run("systemctl", "restart", "digitd")
    rig.drop("after-stall.png")
    rig.wait_for_row("after-stall.png")
    return f"aborted after {took_s:.0f} s with WatchdogSec=5, traceback names deliver_or_hang, started again"


def reload_keeps_the_process_and_applies(rig):
    pid = rig.pid()
    rig.configure("\n[review]\nthreshold = 1.0\n")
    rig.run("systemctl", "reload", "digitd")
    rig.wait(lambda: "reloaded" in rig.journal("-n", "5"), "the reload is said")
    rig.drop("after-reload.png")
    row = rig.wait_for_row("after-reload.png")
    assert row[7:9] == ["review", "low_confidence"]
    assert rig.pid() == pid
    assert rig.show("ActiveState")["ActiveState"] == "active"
    rig.configure()
    rig.run("systemctl", "reload", "digitd")
    rig.wait(lambda: "threshold=0.9" in rig.journal("-n", "4"), "the other reload is said")
    rig.drop("reloaded-again.png")
    assert rig.wait_for_row("reloaded-again.png")[7] == "accepted"
    assert rig.pid() == pid
    return f"process {pid} stays; threshold 1.0: review, default: accepted"


def bad_reload_keeps_serving(rig):
    pid = rig.pid()
    rig.configure("\n[review]\ntreshold = 0.5\n")
    rig.run("systemctl", "reload", "digitd")
    said = rig.wait(
        lambda: next((line for line in rig.journal("-n", "5").splitlines() if "reload failed" in line), ""),
        "why it failed",
    )
    assert "treshold" in said
    assert rig.show("ActiveState", "SubState") == {"ActiveState": "active", "SubState": "running"}
    rig.drop("after-bad-reload.png")
    rig.wait_for_row("after-bad-reload.png")
    assert rig.pid() == pid
    rig.configure()
    rig.run("systemctl", "reload", "digitd")
    rig.wait(lambda: rig.code(DIGITD, "health", "--config", CONFIG) == 0, "it is well again")
    return said[:120]


def stop_in_a_burst_delivers_each_once(rig):
    before = len(rig.rows())
    digit = (SAMPLES / "two-small.png").read_bytes()
    drop_all = (
        f"cd {STATE}/inbox; cat >.digit.part;"
        " for n in $(seq 400); do cp .digit.part .$n.part; mv .$n.part burst-$n.png; done; rm .digit.part"
    )
    rig.shell(drop_all, user="digitd", stdin=digit)
    rig.wait(lambda: len(rig.rows()) > before, "the first rows")
    rig.run("systemctl", "stop", "digitd")
    at_stop = len(rig.rows()) - before
    left = len(rig.run("ls", f"{STATE}/inbox").split())
    assert rig.show("Result")["Result"] == "success"
    rig.run("systemctl", "start", "digitd")
    rig.wait(lambda: len(rig.rows()) >= before + 400, "all rows")
    rig.wait(lambda: rig.shell(f"ls {OUTBOX}/done | grep -c ^burst-").strip() == "400", "all files in done/")
    rows = rig.rows()
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    names = [row[2] for row in rows if row[2].startswith("burst-")]
    assert len(names) == len(set(names)) == 400
    return (
        f"{at_stop} rows at the stop, {left} files left for the next start; then 400 rows, each once, seq without gaps"
    )


def journal_answers_by_field(rig):
    rig.drop("by-field.png")
    rig.wait_for_row("by-field.png")
    found = rig.wait(
        lambda: rig.run("journalctl", "--output=json", "--no-pager", "FILE=by-field.png").splitlines(), "an entry"
    )
    (entry,) = (json.loads(line) for line in found)
    assert entry["RESULT"] == "accepted"
    assert entry["VALUE"] == "2"
    assert float(entry["DURATION_MS"]) > 0
    assert entry["_SYSTEMD_UNIT"] == "digitd.service"
    failed = rig.run("journalctl", "--no-pager", "--output=cat", "RESULT=failed", "REASON=unreadable")
    assert "secret.png" in failed
    return f"FILE=by-field.png: RESULT={entry['RESULT']} VALUE={entry['VALUE']} DURATION_MS={entry['DURATION_MS']}"


def no_network(rig):
    interfaces = rig.run("cat", f"/proc/{rig.pid()}/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
    assert rig.show("PrivateNetwork")["PrivateNetwork"] == "yes"
    return "its only interface is lo, and all of the above was done with that"


def health_in_three_states(rig):
    codes = [rig.code(DIGITD, "health", "--config", CONFIG)]
    rig.run("mv", OUTBOX, f"{STATE}/away")
    rig.drop("while-away.png")
    rig.wait(lambda: rig.code(DIGITD, "health", "--config", CONFIG) == 1, "it is degraded")
    said = [rig.run(DIGITD, "health", "--config", CONFIG, check=False).strip()]
    codes.append(rig.code(DIGITD, "health", "--config", CONFIG))
    rig.run("mv", f"{STATE}/away", OUTBOX)
    rig.wait_for_row("while-away.png")
    rig.run("systemctl", "stop", "digitd")
    codes.append(rig.code(DIGITD, "health", "--config", CONFIG))
    said.append(rig.run(DIGITD, "health", "--config", CONFIG, check=False).strip())
    rig.run("systemctl", "start", "digitd")
    assert codes == [0, 1, 2]
    assert json.loads(rig.run(DIGITD, "status", "--json", "--config", CONFIG))["state"] == "watching"
    return f"0, 1 ({said[0]}), 2 ({said[1]})"


def metrics_in_a_file_parse(rig):
    path = f"{STATE}/metrics/digitd.prom"
    rig.run("install", "-d", "-o", "digitd", "-m", "755", f"{STATE}/metrics")
    rig.configure(f'\n[metrics]\ntextfile = "{path}"\nevery_s = 1.0\n')
    rig.run("systemctl", "reload", "digitd")
    rig.drop("counted.png")
    rig.wait_for_row("counted.png")
    parse = (
        "import sys; from prometheus_client.parser import text_string_to_metric_families as f;"
        "print(*sorted({s.name for m in f(sys.stdin.read()) for s in m.samples if s.name.startswith('digitd_')}))"
    )
    text = rig.wait(
        lambda: (t := rig.run("cat", path, user="mallory", check=False)) and 'result="read"} 0.0' not in t and t,
        "a count",
    )
    names = rig.run("/opt/digitd/venv/bin/python", "-c", parse, stdin=text.encode()).split()
    assert {"digitd_files_total", "digitd_backlog_files", "digitd_stage_seconds_bucket", "digitd_rows"} <= set(names)
    rig.configure()
    rig.run("systemctl", "reload", "digitd")
    return f"{len(names)} series names, readable for all"


def inbox_on_a_late_mount(rig):
    rig.run("mount", "-t", "tmpfs", "-o", "mode=2770,uid=digitd,gid=digitd-drop", "late", f"{STATE}/inbox")
    rig.drop("on-late-mount.png")
    row = rig.wait_for_row("on-late-mount.png")
    rig.wait(lambda: "on-late-mount.png" in rig.run("ls", f"{OUTBOX}/done"), "it is in done/, across file systems")
    pid = rig.pid()
    rig.run("systemctl", "restart", "digitd")
    rig.drop("after-restart-on-mount.png")
    rig.wait_for_row("after-restart-on-mount.png")
    rig.run("systemctl", "stop", "digitd")
    rig.run("umount", f"{STATE}/inbox")
    rig.run("systemctl", "start", "digitd")
    rig.drop("after-unmount.png")
    rig.wait_for_row("after-unmount.png")
    return f"read as {row[5]} by process {pid}, which was there before the mount; again after a restart"


def exposure(rig):
    said = rig.run(
        "systemd-analyze", "security", "--offline=true", "--threshold=5", "/etc/systemd/system/digitd.service"
    )
    verified = rig.shell("systemd-analyze verify /etc/systemd/system/digitd.service 2>&1")
    assert verified == ""
    return said.strip().splitlines()[-1].lstrip("→ ")


def installs_itself_and_instances_run_side_by_side(rig):
    rig.run(
        "rm", "/etc/systemd/system/digitd.service", "/usr/lib/sysusers.d/digitd.conf", "/usr/lib/tmpfiles.d/digitd.conf"
    )
    rig.configure("\n# a word of the operator's\n")
    said = rig.run(DIGITD, "service", "install")
    assert "kept, it is yours: /etc/digitd/digitd.toml" in said
    rig.run("systemctl", "restart", "digitd")
    for name in ("north", "south"):
        rig.run(DIGITD, "service", "install", "--instance", name)
        rig.run("systemctl", "start", f"digitd@{name}")
    for name in ("north", "south"):
        rig.drop(f"{name}.png", inbox=f"/var/lib/digitd@{name}/inbox")
    rows = {
        name: rig.wait_for_row(f"{name}.png", outbox=f"/var/lib/digitd@{name}/outbox") for name in ("north", "south")
    }
    assert [row[0] for row in rows.values()] == ["1", "1"]
    assert len(rig.rows("/var/lib/digitd@north/outbox")) == 1
    pids = [rig.pid(f"digitd@{name}") for name in ("north", "south")]
    assert 0 not in pids
    assert pids[0] != pids[1]
    assert rig.code(DIGITD, "health", "--config", "/etc/digitd/digitd@north.toml") == 0
    for name in ("north", "south"):
        rig.run(DIGITD, "service", "uninstall", "--instance", name)
        assert rig.code("systemctl", "is-active", f"digitd@{name}") != 0
    assert rig.show("ActiveState")["ActiveState"] == "active"
    return f"processes {pids} beside {rig.pid()}, each with its own row 1"


def reboot_brings_it_back(rig):
    before = rig.rows()
    rig.drop("before-reboot.png")
    rig.halt()
    rig.boot("--keep")
    rig.wait(lambda: rig.show("ActiveState")["ActiveState"] == "active", "it runs")
    rig.wait_for_row("before-reboot.png")
    rig.drop("after-reboot.png")
    rig.wait_for_row("after-reboot.png")
    assert rig.rows()[: len(before)] == before
    return f"active after the boot, {len(before)} rows as before and two new ones"


SCENARIOS = (
    activating_until_ready,
    group_member_drops_and_reads_others_cannot,
    unreadable_file_fails,
    kill_9_restarted,
    stalled_loop_aborted_with_traceback,
    reload_keeps_the_process_and_applies,
    bad_reload_keeps_serving,
    stop_in_a_burst_delivers_each_once,
    journal_answers_by_field,
    no_network,
    nothing_else_of_the_system_is_there,
    health_in_three_states,
    metrics_in_a_file_parse,
    metrics_are_answered_with_their_drop_in,
    inbox_on_a_late_mount,
    network_folder_is_waited_for_and_followed,
    exposure,
    installs_itself_and_instances_run_side_by_side,
    installation_as_documented,
    reboot_brings_it_back,
)
