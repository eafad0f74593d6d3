"""A daemon that pauses: it says so once, keeps what waits, and goes on by itself."""

CHATTY = {"DIGITD_SERVICE_LOG_EVERY_S": "1"}
"""Variables for it: it sums up each second, and so tells that time passes."""


def serve_one(place, content, **more):
    """Return a daemon that has read a file."""
    process = place.start(**more)
    place.drop("first.png", content)
    place.wait_for_all()
    return process


def drop_three(place, content, **where):
    """Deliver three files."""
    for number in range(3):
        place.drop(f"{number}.png", content, **where)


def inputs(place):
    """Return how many files are in the inbox, taken or not."""
    return sum(path.is_file() and path.name != ".lock" for path in place.inbox.rglob("*"))


def stays_paused(place, process, seconds=4):
    """Wait until a pause was said and has lasted for so long: it is tried again after 1 and 3 seconds."""
    place.wait(lambda: process.log().partition("paused:")[2].count("throughput") >= seconds, "it is paused for a while")


def goes_on_by_itself(place, process, **more):
    """Wait until everything is settled, and check that one pause was said once."""
    place.wait_for_all()
    place.stop(process)
    log = process.log()
    place.check(**more)
    assert (log.count("paused:"), log.count("going on")) == (1, 1), log
    assert "Traceback" not in log
