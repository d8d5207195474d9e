"""The processor time that benchmarks tell is that of whole trees of processes."""

import subprocess
import sys

from weather_platform_tests.bench.processor import seconds_of_all

_BUSY = "import time\nwhile time.process_time() < 0.25: pass\nprint('done', flush=True)\ninput()"


def test_the_time_of_children_counts_while_they_run_and_once_they_have_ended() -> None:
    """Of those that nobody waits for as well: at the end the operating system tells no one of them."""
    script = '"$@" </dev/null 2>/dev/null; "$@" 0<&3 & wait'
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        ["sh", "-c", f"exec 3<&0; {script}", "sh", sys.executable, "-S", "-c", _BUSY],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tree:
        assert tree.stdout
        for _ in range(2):
            assert tree.stdout.readline() == "done\n"
        used = seconds_of_all(tree.pid)
        tree.communicate("\n")
    assert used is not None
    assert used >= 0.4
