# SPDX-License-Identifier: MIT
"""What is made anew for each boot: the overlay archives with our own files, and the USB sticks' images."""

import hashlib
import os
import pathlib
import shutil
import subprocess

STICKS = {
    "stick1": 64 << 20,
    "stick2": 32 << 20,
    "stick3": 8 << 20,
    "stick4": 8 << 20,
    "stick5": 16 << 20,
    "stick6": 16 << 20,
}


def make_sticks(directory):
    """Random content; no partition table, so that nobody interprets it."""
    for name, size in STICKS.items():
        content = bytearray(os.urandom(size))
        content[510:512] = b"\0\0"
        (directory / f"{name}.img").write_bytes(content)


def shared(directory):
    """The one file of the emulated media player."""
    return directory / "mtp" / "song"


def make_shared(directory):
    path = shared(directory)
    path.parent.mkdir()
    path.write_bytes(os.urandom(3 << 20))


def sha256(path, offset, length):
    digest = hashlib.sha256()
    with open(path, "rb") as image:
        image.seek(offset)
        while length > 0:
            block = image.read(min(length, 1 << 20))
            if not block:
                break
            digest.update(block)
            length -= len(block)
    return digest.hexdigest()


def pack(root, archive):
    """Append a cpio archive of the tree to the file; the kernel takes archives one after the other."""
    names = subprocess.run(["find", "."], cwd=root, check=True, capture_output=True).stdout
    cpio = ["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"]
    archive.write(subprocess.run(cpio, cwd=root, input=names, check=True, capture_output=True).stdout)
    # Each archive starts on a multiple of 4 bytes.
    archive.write(b"\0" * (-archive.tell() % 4))


def concatenate(target, bases, root):
    with open(target, "wb") as archive:
        for name in bases:
            with open(name, "rb") as base:
                shutil.copyfileobj(base, archive, 1 << 20)
            archive.write(b"\0" * (-archive.tell() % 4))
        pack(root, archive)


# What the boot loader of an HVM guest's disk is told.
ISOLINUX = """DEFAULT linux
LABEL linux
 KERNEL /vmlinuz
 INITRD /guest.cpio
 APPEND console=hvc0 rdinit=/init panic=-1 cryptomgr.notests apparmor=0 mitigations=off {}
"""


def make_disk(bed, work, ramdisk, kernel):
    """The disk that HVM guests boot from, beside their ramdisk: a CD that is a disk as well."""
    tree = work / "iso"
    shutil.copytree(bed.run / "iso", tree)
    shutil.copy(ramdisk, tree)
    (tree / "isolinux/isolinux.cfg").write_text(ISOLINUX.format(kernel))
    command = ["genisoimage", "-quiet", "-R", "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]
    command += ["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"]
    disk = str(ramdisk.with_name("guest.img"))
    subprocess.run([*command, "-o", disk, str(tree)], check=True)
    subprocess.run(["isohybrid", disk], check=True)
    shutil.rmtree(tree)


def make_images(bed, work, checks, kernel):
    """work/dom0.cpio: base and overlay; the guest's archive is a file in the overlay."""
    source = pathlib.Path(__file__).parent.parent
    guest = work / "guest-root"
    dom0 = work / "dom0-root"
    shutil.copytree(bed.run / "guest-modules", guest / "bed/modules")
    shutil.copytree(bed.run / "dom0-modules", dom0 / "bed/modules")
    for root, name in ((guest, "guest"), (guest, "both"), (dom0, "dom0"), (dom0, "both")):
        for script in sorted((source / name).iterdir()):
            shutil.copy(script, root / "bed")
    (dom0 / "bed/checks").mkdir()
    for check in checks:
        shutil.copy(check.path, dom0 / f"bed/checks/{check.name}.sh")
    lines = [f"{check.name} {check.timeout}\n" for check in checks]
    (dom0 / "bed/list").write_text("".join(lines))
    for root in (guest, dom0):
        (root / "bed/patience").write_text(f"{bed.patience}\n")
    (dom0 / "bed/guest-memory").write_text(" ".join(map(str, bed.memory.guests)) + "\n")
    (dom0 / "bed/repeat").write_text(f"{bed.repeat}\n")
    (dom0 / "bed/system").write_text(f"{bed.system}\n")
    (dom0 / "bed/kernel-options").write_text(f"{kernel}\n")
    # For the systems without a guest: dom0 does with the device what a guest would do.
    shutil.copytree(source / "guest", dom0 / "bed/guest")
    (dom0 / "bed/guest-type").write_text(f"{bed.guest}\n")
    shutil.copytree(bed.run / "backend-files", dom0 / "bed/driver-domain")
    shutil.copytree(bed.run / "dom0-files", dom0 / "bed", dirs_exist_ok=True)
    bases = [bed.run / "dom0-base.cpio", bed.run / "guest-vmlinux.cpio"]
    # QEMU's backend and USB/IP bring programs along.
    extra = bed.system.split("+")[0]
    if extra in ("qusb", "usbip"):
        bases.append(bed.cache / f"{extra}.cpio")
    guest_bases = [bed.run / "guest-base.cpio"]
    # The tools of some devices' users, in either domain.
    for programs in sorted({check.programs for check in checks} - {""}):
        bases.append(bed.cache / f"{programs}.cpio")
        guest_bases.append(bed.cache / f"{programs}.cpio")
    concatenate(dom0 / "bed/guest.cpio", guest_bases, guest)
    if bed.guest == "hvm":
        # The device model is the same QEMU.
        bases += [bed.cache / name for name in ("qusb.cpio", "hvm.cpio") if bed.cache / name not in bases]
        make_disk(bed, work, dom0 / "bed/guest.cpio", kernel)
    concatenate(work / "dom0.cpio", bases, dom0)
    shutil.rmtree(guest)
    shutil.rmtree(dom0)
