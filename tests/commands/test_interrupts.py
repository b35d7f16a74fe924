"""An interrupt that Python would drop is delivered again, and nothing is printed."""

import subprocess
import sys

SCRIPT = """
import os, signal, time, weakref
from moostik_assets.commands.interrupts import interrupts_delivered

class Thing:
    pass

def collected(reference):
    signal.raise_signal(signal.SIGINT)  # raised here, KeyboardInterrupt is only printed and dropped

with interrupts_delivered():
    try:
        thing = Thing()
        reference = weakref.ref(thing, collected)
        del thing
        time.sleep(1)
        print("lost")
    except KeyboardInterrupt:
        print("delivered")
"""


def test_an_interrupt_in_a_collectors_callback_is_delivered_after_it() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["delivered"]
    assert done.stderr == ""


def test_without_it_python_drops_the_interrupt() -> None:
    script = SCRIPT.replace("with interrupts_delivered():", "if True:")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["lost"]
    assert "KeyboardInterrupt" in done.stderr
