/* SPDX-License-Identifier: MIT */
/* What the kernel holds beside memory: grants, event channels, devices, threads. */
#define _GNU_SOURCE
#include "bed.h"
#include "books.h"

#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Entries of version 1, which Linux prefers, in a page of a grant table. */
#define GRANTS_A_FRAME 512

/* What is asked for; the list of all symbols is long, and read once. */
static struct symbol {
    const char *name;
    unsigned long address;
} symbols[] = { { "nr_grant_frames", 0 }, { "gnttab_free_count", 0 }, { "depot_index", 0 },
    { "pools_num", 0 } };

#define SYMBOLS (sizeof(symbols) / sizeof(symbols[0]))

static void read_symbols(void)
{
    FILE *file = fopen("/proc/kallsyms", "r");
    unsigned long address;
    char line[512], name[256];
    size_t found = 0;

    if (!file)
        die("/proc/kallsyms");
    while (found < SYMBOLS && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%lx %*c %255s", &address, name) != 2)
            continue;
        for (size_t i = 0; i < SYMBOLS; i++)
            if (!symbols[i].address && !strcmp(name, symbols[i].name)) {
                symbols[i].address = address;
                found++;
            }
    }
    fclose(file);
}

/* 0 when the kernel has no such variable. */
static unsigned long address_of(const char *name)
{
    if (!symbols[0].address)
        read_symbols();
    for (size_t i = 0; i < SYMBOLS; i++)
        if (!strcmp(name, symbols[i].name))
            return symbols[i].address;
    return 0;
}

int books_has_variable(const char *symbol)
{
    return address_of(symbol) != 0;
}

int books_variable(const char *symbol)
{
    unsigned long address = address_of(symbol);
    int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC), value;
    Elf64_Ehdr header;
    Elf64_Phdr part;

    if (!address)
        die("the kernel has no variable %s", symbol);
    if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header))
        die("/proc/kcore");
    for (int i = 0; i < header.e_phnum; i++) {
        off_t at = (off_t)(header.e_phoff + (size_t)i * header.e_phentsize);

        if (pread(fd, &part, sizeof(part), at) != sizeof(part))
            die("/proc/kcore");
        if (part.p_type != PT_LOAD || address < part.p_vaddr || address - part.p_vaddr >= part.p_filesz)
            continue;
        if (pread(fd, &value, sizeof(value), (off_t)(part.p_offset + address - part.p_vaddr)) != sizeof(value))
            die("%s in /proc/kcore", symbol);
        close(fd);
        return value;
    }
    die("/proc/kcore does not show %s", symbol);
}

/* Those that this domain has given, and the few that are reserved. */
void books_of_grants(void)
{
    long frames = books_variable("nr_grant_frames");

    books_add(BOOKS_EXACT, frames * GRANTS_A_FRAME - books_variable("gnttab_free_count"), "grants");
}

/* Count what matches; digits that are numbers of a domain, host or disk are not compared. */
static void count_files(const char *pattern, const char *name)
{
    glob_t found;
    int status = glob(pattern, 0, NULL, &found);

    books_add(BOOKS_EXACT, status ? 0 : (long)found.gl_pathc, "%s", name);
    if (!status)
        globfree(&found);
}

/* Each by its name. */
static void name_files(const char *pattern, const char *kind)
{
    glob_t found;

    if (glob(pattern, 0, NULL, &found))
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        books_add(BOOKS_EXACT, 1, "%s %s", kind, strrchr(found.gl_pathv[i], '/') + 1);
    globfree(&found);
}

static void references(const char *module)
{
    char path[128];
    FILE *file;
    long count;

    snprintf(path, sizeof(path), "/sys/module/%s/refcnt", module);
    file = fopen(path, "r");
    if (!file)
        return;
    if (fscanf(file, "%ld", &count) == 1)
        books_add(BOOKS_EXACT, count, "references to module %s", module);
    fclose(file);
}

void books_of_devices(void)
{
    static const char *const modules[] = { "xen_usbback", "xen_usbfront", "usbcore", "usb_storage", "usbhid" };

    name_files("/sys/bus/usb/devices/*", "USB device or interface");
    name_files("/sys/bus/usb/drivers/usbback/[0-9]*:*", "interface bound to usbback");
    name_files("/sys/bus/xen/devices/*", "frontend");
    count_files("/sys/bus/xen-backend/devices/*", "backend devices");
    count_files("/sys/class/scsi_host/*", "SCSI hosts");
    count_files("/sys/class/block/*", "block devices");
    count_files("/sys/class/input/*", "input devices");
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
        references(modules[i]);
}

/* Name and state of a task; 0 when it has just ended. Digits in the name become "#". */
static int task(const char *directory, char name[64], char *state)
{
    char path[64], line[512], *end, *begin;
    FILE *file;
    int known;

    snprintf(path, sizeof(path), "%s/stat", directory);
    file = fopen(path, "r");
    if (!file)
        return 0;
    known = fgets(line, sizeof(line), file) && (begin = strchr(line, '(')) && (end = strrchr(line, ')'));
    fclose(file);
    if (!known)
        return 0;
    *end = '\0';
    *state = end[2];
    snprintf(name, 64, "%s", begin + 1);
    for (char *c = name; *c; c++)
        if (isdigit((unsigned char)*c))
            *c = '#';
    return 1;
}

static int is_kernel_thread(const char *directory)
{
    char path[64], program;

    snprintf(path, sizeof(path), "%s/exe", directory);
    return readlink(path, &program, 1) < 0;
}

/* Workers come and go; every other thread of the kernel has an owner. */
void books_of_tasks(void)
{
    glob_t found;
    char name[64], state;

    if (glob("/proc/[0-9]*", 0, NULL, &found))
        die("/proc");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (!task(found.gl_pathv[i], name, &state))
            continue;
        if (state == 'D')
            books_add(BOOKS_EXACT, 1, "tasks that cannot be interrupted: %s", name);
        if (is_kernel_thread(found.gl_pathv[i]) && strncmp(name, "kworker", 7))
            books_add(BOOKS_EXACT, 1, "threads %s", name);
    }
    globfree(&found);
}

/* Event channels that have a handler: "NUMBER: COUNTS xen-dyn... NAME". */
void books_of_interrupts(void)
{
    FILE *file = fopen("/proc/interrupts", "r");
    char line[1024];

    if (!file)
        die("/proc/interrupts");
    while (fgets(line, sizeof(line), file)) {
        char *chip = strstr(line, "xen-dyn");

        if (!chip)
            continue;
        line[strcspn(line, "\n")] = '\0';
        chip += strcspn(chip, " ");
        chip += strspn(chip, " ");
        if (!strncmp(chip, "-event ", 7))
            chip += 7 + strspn(chip + 7, " ");
        books_add(BOOKS_EXACT, 1, "event handlers %s", chip);
    }
    fclose(file);
}
