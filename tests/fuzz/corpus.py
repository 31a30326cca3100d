#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Inputs of a fuzzer as text, one a line in hexadecimal digits.

Usage: corpus.py pack FILE DIR      adds those in DIR that FILE has not
       corpus.py unpack FILE DIR    makes DIR anew
"""
import hashlib
import pathlib
import shutil
import sys


def read(path):
    return path.read_text().split() if path.exists() else []


def main():
    what, file, folder = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    if what == "pack":
        inputs = {p.read_bytes().hex() for p in folder.iterdir()}
        inputs |= set(read(file))
        inputs.discard("")
        file.write_text("".join(
            f"{line}\n" for line in sorted(inputs, key=lambda i: (len(i), i))))
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for line in read(file):
        octets = bytes.fromhex(line)
        (folder / hashlib.sha1(octets).hexdigest()).write_bytes(octets)


if __name__ == "__main__":
    main()
