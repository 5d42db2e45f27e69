#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints each command line that a program and its descendants show in /proc, until it is killed.

usage: watchprocesses.py PROGRAM
"""
import os
import sys
import time

program, seen = os.path.realpath(sys.argv[1]), set()


def parents(pid):
    while pid > 1:
        yield pid
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            pid = int(file.read().rpartition(")")[2].split()[1])


while True:
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and any(os.readlink(f"/proc/{pid}/exe") == program for pid in parents(int(entry))):
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
                if line not in seen:
                    seen.add(line)
                    print(line, flush=True)
        except OSError:
            pass  # it has ended
    time.sleep(.01)
