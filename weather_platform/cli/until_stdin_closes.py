"""Run as `python -m weather_platform.cli.until_stdin_closes MODULE ARGS…`: runs the module, and interrupts it
as Ctrl-C would once standard input closes.

For a child that must not outlive its parent, however that ends: the kernel closes the parent's end of the
pipe even where the parent was killed and could stop nothing itself.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run the module that the arguments name."""
    # Out of the way of the module's own children, which would otherwise hold on to the pipe.
    stream = os.dup(sys.stdin.fileno())
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device, not a path to be composed
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    # A shell has what it puts in the background ignore interrupts, and whatever that starts inherits it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_interrupt_after, args=(stream,), daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _interrupt_after(stream: int) -> None:
    """Unbuffered, since a thread inside a buffered read aborts the interpreter as it shuts down."""
    while os.read(stream, 4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main()
