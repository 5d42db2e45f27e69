#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program and kills it with SIGKILL when a scripted registry has counted so many bytes, wherever it is then.

usage: killat.py HOST received|sent BYTES COMMAND...
Exits with 137 when it killed, else with the program's status. Bytes, not seconds: a machine that changes its speed does not
matter.
"""
import http.client
import json
import subprocess
import sys
import time

host, key, limit, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
connection = http.client.HTTPConnection(host)


def counted():
    connection.request("GET", "/_rig/counts")
    return json.load(connection.getresponse())[key]


program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
while program.poll() is None:
    if counted() >= limit:
        program.kill()
        program.wait()
        sys.exit(137)
    time.sleep(.002)
sys.exit(program.returncode)
