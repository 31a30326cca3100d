# SPDX-License-Identifier: MIT
"""The other ends of the emulated USB devices: what a serial line, a network, and a loudspeaker are connected to."""

import array
import os
import socket
import struct
import threading

# Of the sound: 16 bits, two channels, 48 kHz, as the device has it; what is played tells its place (tools/sound.c).
WAV_HEADER = 44
BITS = 15


def start(run, *arguments):
    threading.Thread(target=run, args=arguments, daemon=True).start()


def echo_octets(connection):
    """Until QEMU ends: all that is sent comes back."""
    try:
        while data := connection.recv(1 << 16):
            connection.sendall(data)
    except OSError:
        pass


class Card:
    """
    A smart card, which QEMU asks by libcacard's protocol (vscard_common.h): a header of three big-endian words (what it
    is, the reader, octets that follow), then those. It answers a command with the command's octets, turned round.
    """

    INIT, READER_ADD, ATR, APDU = 1, 3, 5, 7
    # Direct convention, T=0, and two octets that name the card.
    ANSWER_TO_RESET = bytes.fromhex("3b021450")
    GOOD = b"\x90\x00"

    def __init__(self, connection):
        self.connection = connection
        start(self._serve)

    def _send(self, what, octets=b""):
        self.connection.sendall(struct.pack(">III", what, 0, len(octets)) + octets)

    def insert(self):
        """The reader has just been plugged."""
        self._send(self.INIT, b"VSCD" + struct.pack(">II", 2, 0))
        self._send(self.READER_ADD)
        self._send(self.ATR, self.ANSWER_TO_RESET)

    def _serve(self):
        try:
            with self.connection.makefile("rb") as stream:
                while header := stream.read(12):
                    what, _, length = struct.unpack(">III", header)
                    octets = stream.read(length)
                    if what == self.APDU:
                        self._send(self.APDU, octets[::-1] + self.GOOD)
        except (OSError, struct.error):
            pass


class Network:
    """The other end of a network cable: each frame comes back."""

    def __init__(self, directory):
        self.ours, self.theirs = directory / "net-ours.sock", directory / "net-qemu.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.ours))

    def options(self):
        ends = f"local.type=unix,local.path={self.theirs},remote.type=unix,remote.path={self.ours}"
        return ["-netdev", f"dgram,id=net,{ends}"]

    def echo(self):
        while True:
            frame = self.socket.recv(1 << 16)
            try:
                self.socket.sendto(frame, str(self.theirs))
            except OSError:
                return


def sound_options(directory):
    """A file takes what is played, unchanged. It is whole when the device is gone."""
    return ["-audiodev", f"wav,id=sound,path={sound_file(directory)},out.mixing-engine=off,out.voices=1"]


def sound_file(directory):
    return directory / "sound.wav"


def heard(directory):
    """
    What the file has of the numbered frames that are played: how many came, how many of them again or too early,
    how many are missing between the first and the last, and for how many there was silence in between.
    """
    samples = array.array("h")
    with open(sound_file(directory), "rb") as file:
        file.seek(WAV_HEADER)
        data = file.read()
    samples.frombytes(data[: len(data) // 4 * 4])
    last = came = wrong = missing = silent = pause = 0
    for low, high in zip(samples[::2], samples[1::2]):
        number = high << BITS | low
        if number == 0:
            pause += last > 0
            continue
        silent, pause = silent + pause, 0
        came += 1
        wrong += number <= last
        missing += max(0, number - last - 1) if last else 0
        last = number
    return f"{came} {wrong} {missing} {silent}"
