# SPDX-License-Identifier: MIT
"""The other ends of the emulated USB devices: what a serial line, a network, and a loudspeaker are connected to."""

import array
import os
import socket
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
