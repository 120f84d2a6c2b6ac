# serve.py: serves a folder as a package index on this machine while a command runs.
# SPDX-License-Identifier: Apache-2.0
# usage: serve.py FOLDER COMMAND...
import functools
import http.server
import os
import subprocess
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "PIP_INDEX_URL": f"http://127.0.0.1:{server.server_port}", "no_proxy": "127.0.0.1"}
sys.exit(subprocess.run(sys.argv[2:], env=environment).returncode)
