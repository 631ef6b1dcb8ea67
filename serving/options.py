"""The command line of app.py in, its options out, each checked as far as one alone can be."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from model.recognizer import DEFAULT_MODEL
from serving.links import is_everywhere
from serving.passwords import VARIABLE, AccountError, read_account
from serving.tunnel import ShareServer, read_share_server

__all__ = ["parse_options"]

HOST = "127.0.0.1"
HOST_VARIABLE = "GRADIO_SERVER_NAME"  # Hugging Face and deploy/Dockerfile set it
EVERYWHERE = "0.0.0.0"


def parse_options(argv: Sequence[str] | None, description: str) -> argparse.Namespace:
    """Read the options; ends the program with status 2 and a sentence if they cannot be."""
    parser = argparse.ArgumentParser(
        prog="app.py",
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        argument_default=argparse.SUPPRESS,  # or the help would say "default: None"
    )
    parser.add_argument("--host", help=f"address to listen on (default: {HOST_VARIABLE} if set, else {HOST})")
    parser.add_argument("--port", type=int, help="port to listen on; without it the first free one from 7860 on")
    parser.add_argument(
        "--lan", action="store_true", help="let the whole local network draw; shows its address with a QR code"
    )
    parser.add_argument("--share", action="store_true", help="make a public link; shows it with a QR code")
    parser.add_argument(
        "--share-server",
        type=_read_server,
        metavar="HOST:PORT",
        help="make the public link there, not at Gradio's server; https://HOST:PORT if its links are https",
    )
    parser.add_argument(
        "--auth",
        type=_read_auth,
        action="append",
        metavar="USER:PASSWORD",
        help="ask visitors for these; may be given several times. Who is on this computer can see them in its list of "
        f"programs: --auth-file is safer, or lines as in that file in the environment variable {VARIABLE}",
    )
    parser.add_argument("--auth-file", type=Path, metavar="FILE", help="a file with a line USER:PASSWORD for each")
    parser.add_argument(
        "--model",
        type=Path,
        action="append",
        metavar="PATH",
        help=f"the network to read with; several are compared on the page (default: {DEFAULT_MODEL})",
    )
    unset = argparse.Namespace(
        host=None, port=None, lan=False, share=False, share_server=None, auth=[], auth_file=None, model=[DEFAULT_MODEL]
    )
    options = parser.parse_args(argv, unset)
    options.model = options.model[1:] or options.model  # what is given comes after the default
    if options.lan:
        if options.host not in (None, HOST, EVERYWHERE):
            parser.error("--lan listens on all addresses; leave --host out, or --lan")
        options.host = EVERYWHERE
    # of a container, which sets the variable, nobody in the network knows the address
    options.lan = options.host is not None and is_everywhere(options.host)
    options.host = options.host or os.environ.get(HOST_VARIABLE) or HOST
    options.share = options.share or options.share_server is not None
    return options


def _read_auth(text: str) -> tuple[str, str]:
    try:
        return read_account(text)
    except AccountError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _read_server(text: str) -> ShareServer:
    try:
        return read_share_server(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
