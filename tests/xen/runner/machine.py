# SPDX-License-Identifier: MIT
"""The emulated machine: QEMU with Xen, its consoles, and its USB devices."""

import dataclasses
import json
import pathlib
import socket
import subprocess
import threading
import time

import ends

# Two switches are needed for correctness, see README.md: without -smap dom0 dies at its first IRET, and
# without eager-fpu (and -xsave) registers are lost silently. One TCG thread is faster than two, and copies
# of memory are slow with erms.
CPU = "max,-smap,-rdtscp,-xsave,-erms"
XEN_OPTIONS = (
    "console=com1 com1=115200,8n1 dom0_mem={0}M,max:{0}M dom0_max_vcpus=2 noreboot=1"
    " loglvl=info guest_loglvl=info spec-ctrl=eager-fpu"
)
DOM0_OPTIONS = (
    "console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off"
)


@dataclasses.dataclass
class Memory:
    machine: int  # MiB
    dom0: int
    guests: tuple  # one alone, each of four


MEMORY = Memory(2048, 1024, (256, 128))
# An eighth of it is spent on knowing which octets may be used.
DEBUG_MEMORY = Memory(4096, 1792, (640, 448))

# Processors. With two, PVH guests' kernels died within half a minute, two of two, at an interrupt's first instruction,
# as if it came twice; with one none has.
PROCESSORS = {"pv": 2, "pvh": 1, "hvm": 1}

# The USB host controllers that a machine may have, by the machine's name in a check's header.
# p3=0: without SuperSpeed ports a stick enumerates at high speed, which is what usbif can carry.
CONTROLLERS = {
    "xhci": ["qemu-xhci,id=usb,p3=0,p2=8"],
    "ehci": ["usb-ehci,id=usb"],
    "ohci": ["pci-ohci,id=usb,num-ports=8"],
    # Two ports only: from the second on, the devices are behind a hub.
    "uhci": ["piix3-usb-uhci,id=usb", "usb-hub,bus=usb.0,port=2,ports=8"],
    # A second xHCI, which can be given away as a PCI device; stick5 and stick6 are behind it.
    "iommu": ["qemu-xhci,id=usb,p3=0,p2=8", "qemu-xhci,id=given,p3=0,p2=8,addr=0x10"],
}
GIVEN = ("stick5", "stick6")
# What the machine itself is: the old PC, or one with an IOMMU that also remaps interrupts.
BOARDS = {"iommu": ["-M", "q35", "-device", "intel-iommu,intremap=on,caching-mode=on"]}
BOARD = ["-M", "pc"]

# The devices on the USB controller, by the names that checks use in "unplug" and "plug".
USB_DEVICES = {
    "stick1": {"driver": "usb-storage", "drive": "stick1", "serial": "STICK1", "port": "1"},
    "stick2": {"driver": "usb-storage", "drive": "stick2", "serial": "STICK2", "port": "2"},
    "keyboard": {"driver": "usb-kbd", "serial": "KEYBOARD", "port": "3"},
}
# Not plugged at the start.
LATER_DEVICES = {
    "stick3": {"driver": "usb-storage", "drive": "stick3", "serial": "STICK3", "port": "5"},
    "stick4": {"driver": "usb-storage", "drive": "stick4", "serial": "STICK4", "port": "6"},
    "stick5": {"driver": "usb-storage", "drive": "stick5", "serial": "STICK5", "port": "7"},
    "stick6": {"driver": "usb-storage", "drive": "stick6", "serial": "STICK6", "port": "8"},
    "wire": {"driver": "usb-storage", "drive": "wire", "serial": "WIRE", "port": "5"},
    "hub": {"driver": "usb-hub", "serial": "HUB", "port": "5"},
    "uas": {"driver": "usb-uas", "serial": "UAS", "port": "5"},
    "mouse": {"driver": "usb-mouse", "serial": "MOUSE", "port": "5"},
    "tablet": {"driver": "usb-tablet", "serial": "TABLET", "port": "5"},
    "serial": {"driver": "usb-serial", "serial": "SERIAL", "port": "5", "chardev": "serial"},
    "net": {"driver": "usb-net", "serial": "NET", "port": "5", "netdev": "net"},
    "mtp": {"driver": "usb-mtp", "serial": "MTP", "port": "5", "rootdir": "mtp", "readonly": True},
    "ccid": {"driver": "usb-ccid", "serial": "CCID", "port": "5"},
    # Its buffer holds a second: an emulated controller makes good for a pause of the whole machine by a burst.
    "audio": {"driver": "usb-audio", "serial": "AUDIO", "port": "5", "audiodev": "sound", "buffer": 192000},
}
# What is plugged into a device before the host sees it.
PARTS = {
    "uas": {"driver": "scsi-hd", "bus": "uas.0", "drive": "stick5"},
    "ccid": {"driver": "ccid-card-passthru", "bus": "ccid.0", "chardev": "card"},
}
# Reading this sector of the third stick fails: at 3 MiB and a bit.
BAD_SECTOR = {"event": "none", "iotype": "read", "errno": 5, "once": False, "sector": 6149}
# How fast the fourth stick is read: a piece of 128 KiB at once, the next one after half a second.
SLOW = {"qom-type": "throttle-group", "id": "slow", "limits": {"bps-read": 256 << 10}}
# The size of the stick whose commands take a given time.
WIRE_OCTETS = 320 << 20
# How long a device that was unplugged may hold what it is made of.
RELEASE_SECONDS = 10
# As many guests as fit into the memory when each has 128 MiB, see dom0/guests.sh.
GUEST_CONSOLES = ("guest1", "guest2", "guest3", "guest4")


def device_on(kind, properties):
    """A device's properties on the controller of this kind of machine."""
    port = properties["port"]
    if kind == "uhci" and port != "1":
        port = f"2.{port}"
    given = kind == "iommu" and properties.get("drive") in GIVEN
    return {**properties, "bus": "given.0" if given else "usb.0", "port": port}


class Port:
    """A unix socket that QEMU connects to."""

    def __init__(self, directory, name):
        self.name = name
        self.path = directory / f"{name}.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(1)
        self.listener.settimeout(30)

    def accept(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        return connection

    def chardev(self):
        return ["-chardev", f"socket,id={self.name},path={self.path}"]


class Qmp:
    """QEMU's control channel."""

    def __init__(self, connection, kind, work):
        self.stream = connection.makefile("rw")
        self.work = work
        self.kind = kind  # of machine
        self.lock = threading.Lock()
        json.loads(self.stream.readline())
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        with self.lock:
            json.dump({"execute": name, "arguments": arguments}, self.stream)
            self.stream.write("\n")
            self.stream.flush()
            while True:
                answer = json.loads(self.stream.readline())
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise RuntimeError(f"{name}: {answer['error']['desc']}")

    def plug(self, name):
        device = {**USB_DEVICES, **LATER_DEVICES}[name]
        if "rootdir" in device:
            device = {**device, "rootdir": str(self.work / device["rootdir"])}
        self._add(name, device)
        if name in PARTS:
            self.command("device_add", id=f"{name}-part", **PARTS[name])
            if name == "uas":
                self.command("qom-set", path=f"/machine/peripheral/{name}", property="attached", value=True)

    def plug_wire(self, nanoseconds):
        """A stick of zeros: what is written is lost, and each command takes so long. None: it goes again, unplugged."""
        if nanoseconds is None:
            return self._when_free("in use", "blockdev-del", **{"node-name": "wire"})
        node = {"driver": "null-co", "node-name": "wire", "size": WIRE_OCTETS, "read-zeroes": True}
        self.command("blockdev-add", **node, **{"latency-ns": nanoseconds})
        return self.plug("wire")

    def _add(self, name, device):
        """A stick that was pulled while it was read holds its image until that read has ended."""
        return self._when_free("Permission conflict", "device_add", id=name, **device_on(self.kind, device))

    def _when_free(self, trouble, name, **arguments):
        """A command that may have to wait until a device which was unplugged has let go."""
        until = time.monotonic() + RELEASE_SECONDS
        while True:
            try:
                return self.command(name, **arguments)
            except RuntimeError as error:
                if trouble not in str(error) or time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def unplug(self, name):
        self.command("device_del", id=name)

    def plug_redir(self, path):
        """The program that listens at this path (redir.py) plays a device."""
        address = {"type": "unix", "data": {"path": str(path)}}
        backend = {"type": "socket", "data": {"addr": address, "server": False}}
        self.command("chardev-add", id="redir", backend=backend)
        device = {"driver": "usb-redir", "chardev": "redir", "port": "4"}
        self.command("device_add", id="redir", **device_on(self.kind, device))

    def press(self, key):
        for down in (True, False):
            event = {"down": down, "key": {"type": "qcode", "data": key}}
            self.command("input-send-event", events=[{"type": "key", "data": event}])

    def point(self, kind, x, y):
        """Move a mouse by ("rel") or a tablet's pen to ("abs") so much, then click."""
        moves = [{"type": kind, "data": {"axis": axis, "value": value}} for axis, value in (("x", x), ("y", y))]
        self.command("input-send-event", events=moves)
        for down in (True, False):
            event = {"type": "btn", "data": {"down": down, "button": "left"}}
            self.command("input-send-event", events=[event])


class Machine:
    """A running QEMU. Lines of the consoles are given to on_line(console, line), control to on_control."""

    def __init__(self, bed, work, sockets, kind, kernel):
        self.ports = {name: Port(sockets, name) for name in ("com1", "qmp", "control", "serial", "card", *GUEST_CONSOLES)}
        self.network = ends.Network(sockets)
        self.kind = kind
        self.work = work
        self.command = self._command(bed, work, kernel)
        self.process = None
        self.qmp = None
        self.control = None
        self.threads = []

    def _command(self, bed, work, kernel):
        command = ["qemu-system-x86_64", *BOARDS.get(self.kind, BOARD), "-accel", "tcg,thread=single", "-cpu", CPU]
        command += ["-smp", str(PROCESSORS[bed.guest]), "-m", f"{bed.memory.machine}M", "-no-reboot"]
        command += ["-display", "none", "-monitor", "none"]
        command += ["-nodefaults", "-vga", "none", *self.network.options(), *ends.sound_options(work)]
        for port in self.ports.values():
            command += port.chardev()
        command += ["-serial", "chardev:com1", "-mon", "chardev=qmp,mode=control"]
        command += ["-device", "virtio-serial-pci"]
        for number, name in enumerate(("control", *GUEST_CONSOLES), start=1):
            command += ["-device", f"virtserialport,chardev={name},nr={number}"]
        for controller in CONTROLLERS[self.kind]:
            command += ["-device", controller]
        for name in ("stick1", "stick2", "stick5", "stick6"):
            image = work / f"{name}.img"
            command += ["-blockdev", f"driver=file,node-name={name},filename={image}"]
        image = {"driver": "file", "filename": str(work / "stick3.img")}
        blkdebug = {"driver": "blkdebug", "node-name": "stick3", "image": image, "inject-error": [BAD_SECTOR]}
        image = {"driver": "file", "filename": str(work / "stick4.img")}
        slow = {"driver": "throttle", "node-name": "stick4", "throttle-group": "slow", "file": image}
        command += ["-blockdev", json.dumps(blkdebug), "-object", json.dumps(SLOW), "-blockdev", json.dumps(slow)]
        for name, device in USB_DEVICES.items():
            command += ["-device", json.dumps({"id": name, **device_on(self.kind, device)})]
        # A comma would end the option.
        options = f"{DOM0_OPTIONS} {kernel}".rstrip().replace(",", ",,")
        modules = [f"{bed.run}/vmlinux {options}", str(work / "dom0.cpio")]
        xen_options = XEN_OPTIONS.format(bed.memory.dom0) + (" iommu=verbose" if self.kind == "iommu" else "")
        command += ["-kernel", str(bed.run / "xen"), "-append", xen_options]
        return command + ["-initrd", ",".join(modules)]

    def start(self, log, on_line, on_control):
        # However the runner ends, QEMU does, too.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        connections = {name: port.accept() for name, port in self.ports.items()}
        self.qmp = Qmp(connections["qmp"], self.kind, self.work)
        self.control = connections["control"]
        for name in ("com1", *GUEST_CONSOLES):
            self._follow(connections[name], lambda line, name=name: on_line(name, line))
        self._follow(self.control, on_control)
        ends.start(ends.echo_octets, connections["serial"])
        self.card = ends.Card(connections["card"])
        ends.start(self.network.echo)

    def _follow(self, connection, on_line):
        def follow():
            with connection.makefile("rb") as lines:
                for line in lines:
                    on_line(line.decode(errors="replace").rstrip("\r\n"))

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        self.threads.append(thread)

    def answer(self, text):
        self.control.sendall(f"{text}\n".encode())

    def wait(self, seconds):
        """True when QEMU has ended; then also all of its output has been seen."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        for thread in self.threads:
            thread.join(5)
        return True

    def kill(self):
        """End QEMU, if it still runs."""
        self.process.kill()
        self.wait(10)
