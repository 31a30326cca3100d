/* SPDX-License-Identifier: MIT */
/*
 * Memory. Objects that were allocated with kmalloc, by who did it, exactly: the kernel keeps that with
 * slub_debug=U,kmalloc-*. Objects of other caches by their number.
 * Areas of vmalloc by who made them. Pages that are none of the kinds that the kernel counts, so that pages
 * that a driver forgot stand out.
 */
#define _GNU_SOURCE
#include "bed.h"
#include "books.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACE 2048
/* What the kernel allocates at a time to remember traces. */
#define PAGES_OF_TRACES 4

/* "symbol+0x12/0x34 [module]" becomes "symbol [module]". */
static void append_symbol(char trace[TRACE], const char *text)
{
    size_t length = strlen(trace);
    const char *module = strchr(text, '[');

    /*
     * What led to a function of ours is chance: an event may come upon any process. So the trace ends with it.
     */
    if (length + 128 > TRACE || books_is_watched(trace))
        return;
    length += (size_t)sprintf(trace + length, "%s%.*s", length ? " < " : "", (int)strcspn(text, "+ \n"), text);
    if (module)
        sprintf(trace + length, " %.*s", (int)strcspn(module, "\n"), module);
}

/* Allocators at the top of each trace tell nothing. */
static int is_allocator(const char *text)
{
    return !strncmp(text, "__kmem_cache", 12) || !strncmp(text, "kmem_cache", 10) || !strncmp(text, "kmalloc", 7) ||
           !strncmp(text, "__kmalloc", 9) || !strncmp(text, "___slab", 7) || !strncmp(text, "__slab", 6) ||
           !strncmp(text, "set_track", 9) || !strncmp(text, "alloc_debug", 11);
}

/*
 * What processes have: open files, memory, each other, and what caches remember of their files. No driver
 * allocates there, and the bed's own processes come and go.
 */
static int is_of_processes(const char *trace)
{
    static const char *const places[] = {
        "path_openat", "filename_lookup", "copy_process", "begin_new_exec", "bprm_", "do_execve", "exc_page_fault",
        "vm_mmap", "vm_munmap", "do_mmap", "shmem_", "proc_pid", "do_sendfile", "do_pipe", "do_coredump",
        "do_exit", "__do_sys_brk", "__sys_socket", "unix_",
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strstr(trace, places[i]))
            return 1;
    return 0;
}

static void add_objects(const char *cache, long count, const char *trace)
{
    if (count > 0 && (books_is_watched(trace) || !is_of_processes(trace)))
        books_add(books_rule_for(trace), count, "objects in %s of %s", cache, trace);
}

/*
 * The file has paragraphs: a line with the count and the caller, and the trace, one indented symbol a line.
 */
static void read_traces(const char *name, const char *cache)
{
    FILE *file = fopen(name, "r");
    char line[512], trace[TRACE] = "";
    long count = 0;

    if (!file)
        die("%s", name);
    while (fgets(line, sizeof(line), file)) {
        char *text = line + strspn(line, " ");

        if (isdigit((unsigned char)*text) && strncmp(line, "        ", 8)) {
            add_objects(cache, count, trace);
            count = strtol(text, NULL, 10);
            trace[0] = '\0';
        } else if (*text != '\n' && !is_allocator(text)) {
            append_symbol(trace, text);
        }
    }
    add_objects(cache, count, trace);
    fclose(file);
}

static void of_traces(void)
{
    glob_t found;

    if (glob("/sys/kernel/debug/slab/*/alloc_traces", 0, NULL, &found) || !found.gl_pathc)
        die("no traces of allocations: the kernel needs slub_debug=U,kmalloc-*");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *cache = strdup(found.gl_pathv[i] + strlen("/sys/kernel/debug/slab/"));

        if (!cache)
            die("memory");
        cache[strcspn(cache, "/")] = '\0';
        read_traces(found.gl_pathv[i], cache);
        free(cache);
    }
    globfree(&found);
}

/* Caches of what processes have, as above. */
static int is_cache_of_processes(const char *cache)
{
    static const char *const names[] = {
        "dentry", "inode", "filp", "vm_area", "anon_vma", "maple", "lsm_", "sighand", "signal", "files_", "mm_struct",
        "names_", "cred", "pid", "radix", "vmap_area", "seq_file", "buffer_head", "fs_cache", "task_delay", "pde_opener",
        "sock", "skbuff", "UNIX", "numa_policy", "nsproxy", "iint", "eventpoll", "uts_", "sigqueue", "kmalloc",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strstr(cache, names[i]))
            return 1;
    return 0;
}

/* Give back what each processor keeps of a cache, so that its count is right. */
static void shrink(const char *cache, long objects)
{
    char path[128];
    FILE *file;

    (void)objects;
    snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
    file = fopen(path, "w");
    if (file) {
        fputs("1", file);
        fclose(file);
    }
}

/* Caches whose allocations are not traced: "NAME OBJECTS ...", below two lines of headings. */
static void each_count(void (*each)(const char *cache, long objects))
{
    FILE *file = fopen("/proc/slabinfo", "r");
    char line[512], cache[64];
    long objects;

    if (!file)
        die("/proc/slabinfo");
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "%63s %ld", cache, &objects) == 2 && !is_cache_of_processes(cache))
            each(cache, objects);
    fclose(file);
}

static void add_count(const char *cache, long objects)
{
    books_add(BOOKS_TREND, objects, "objects in %s", cache);
}

void books_of_slabs(void)
{
    of_traces();
    each_count(shrink);
    each_count(add_count);
}

/* "START-END SIZE CALLER [MODULE] [pages=N] ..." */
void books_of_vmalloc(void)
{
    FILE *file = fopen("/proc/vmallocinfo", "r");
    char line[1024];

    if (!file)
        die("/proc/vmallocinfo");
    while (fgets(line, sizeof(line), file)) {
        char caller[256], module[64] = "", trace[TRACE] = "";
        long size;

        if (sscanf(line, "%*s %ld %255s %63s", &size, caller, module) < 2)
            continue;
        if (module[0] == '[')
            strcat(strcat(caller, " "), module);
        append_symbol(trace, caller);
        /* These are free already, and go when there are many. */
        if (!strcmp(trace, "unpurged"))
            continue;
        books_add(books_rule_for(trace), 1, "vmalloc areas of %s", trace);
        books_add(books_rule_for(trace), size / 4096, "vmalloc pages of %s", trace);
    }
    fclose(file);
}

/* The sum of the lines of a file that begin with the name; in the file's unit. */
static long sum_of(const char *name, const char *field)
{
    FILE *file = fopen(name, "r");
    char line[256];
    long sum = 0, value;

    if (!file)
        die("%s", name);
    while (fgets(line, sizeof(line), file)) {
        char *text = line + strspn(line, " ");

        if (!strncmp(text, field, strlen(field)) && sscanf(text + strlen(field), "%ld", &value) == 1)
            sum += value;
    }
    fclose(file);
    return sum;
}

void books_of_pages(void)
{
    /* Stacks of the kernel are counted by VmallocUsed, too. */
    static const char *const counted[] = {
        "Buffers:", "Cached:", "SwapCached:", "AnonPages:", "Slab:", "PageTables:", "SecPageTables:",
        "Percpu:", "VmallocUsed:",
    };
    long kib = sum_of("/proc/meminfo", "MemTotal:") - sum_of("/proc/meminfo", "MemFree:");
    /* As Linux 6.1 and 6.12 call it. */
    const char *traces = books_has_variable("depot_index") ? "depot_index" : "pools_num";

    for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
        kib -= sum_of("/proc/meminfo", counted[i]);
    /* Free pages that a CPU keeps; and traces, of which there are more and more kinds. */
    books_add(BOOKS_PAGES,
              kib / 4 - sum_of("/proc/zoneinfo", "count:") - PAGES_OF_TRACES * (long)books_variable(traces),
              "pages of no known kind");
}
